import { DAEMONS } from './daemons.ts';
import { engineServices } from './engines.ts';
import { OperatorError } from '../core/errors.ts';
import type { Parsed } from './options.ts';
import { pathsOf, type Paths } from './paths.ts';
import { readSettings, type Settings } from './settings.ts';
import { chooseSupervisor, type Service, type Supervisor } from './supervisor/index.ts';

/** A machine on which `up` ran at least as far as its settings. */
export interface Machine {
  paths: Paths;
  settings: Settings;
  supervisor: Supervisor;
  engines: Service[];
  /** Controller and agent. */
  daemons: Service[];
}

/** The directories that the command line asks for. */
export function pathsFrom(parsed: Parsed): Paths {
  const state = parsed.text('state-dir');
  return pathsOf(state === undefined ? {} : { state });
}

/** What is known of this machine, or null if `up` never ran here. */
export async function findMachine(paths: Paths): Promise<Machine | null> {
  const settings = await readSettings(paths);
  if (settings === null) return null;
  return {
    paths,
    settings,
    supervisor: await chooseSupervisor(paths),
    engines: engineServices(paths, settings.role),
    daemons: DAEMONS.filter(({ name }) => settings.role !== 'host' || name === 'agent'),
  };
}

/** Refuses whoever is not root, before anything is done. */
export function needRoot(command: string): void {
  if (process.getuid?.() === 0) return;
  throw new OperatorError(`potluck ${command} needs root.`, `Run it again with sudo: sudo potluck ${command}`);
}
