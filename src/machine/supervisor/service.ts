/** A daemon that must always run while the cloud is up. */
export interface Service {
  /** Name of its directory under runit, `agent`; also what `potluck logs` takes. */
  name: string;
  /** One line for unit files and for `status`. */
  title: string;
  /** Its unit under systemd. With `vendor` the unit is the distribution's and gets only a drop-in. */
  unit: string;
  vendor: boolean;
  /** The program in the foreground: absolute path and arguments. */
  command: string[];
  environment: Record<string, string>;
  /** Shell lines run before the program, without systemd only: a vendor's unit does the same in its own scripts. */
  prepare: string[];
  /** Where the program writes its process id, if it does: another one that holds it is ended first. */
  pidFile: string | null;
}

export interface ServiceStatus {
  name: string;
  state: 'running' | 'stopped' | 'absent';
  pid: number | null;
  /** Since when it has been in this state. */
  seconds: number | null;
}

export type Ensured = 'unchanged' | 'started' | 'restarted';

/** Keeps services running, whoever kills them. Implemented over systemd and, where that is not process 1, over runit. */
export interface Supervisor {
  kind: 'systemd' | 'runit';
  /** Writes what the supervisor needs to know of these services, without starting any. */
  install(services: readonly Service[]): Promise<void>;
  /** Makes one service run as described; restarts it only when its description changed. */
  ensure(service: Service): Promise<Ensured>;
  restart(service: Service): Promise<void>;
  /** Stops it until the next `ensure`. Not an error if it does not run. */
  stop(service: Service): Promise<void>;
  /** Stops it and removes all that `install` wrote. A vendor's unit is left as the package has it. */
  remove(service: Service): Promise<void>;
  status(service: Service): Promise<ServiceStatus>;
  /** Ends the supervisor itself, if it is ours. */
  close(): Promise<void>;
  /** The command that prints, or follows, what a service said. */
  logCommand(service: Service, lines: number, follow: boolean): string[];
}
