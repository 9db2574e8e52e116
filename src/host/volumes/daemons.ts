import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VolumeId } from '../../core/ids.ts';
import type { Log } from '../../core/log.ts';
import { connectQmp, type Qmp } from '../../engines/qmp/client.ts';
import { makeDirectory, remove } from '../files.ts';
import { topOf, type Layer } from '../layers.ts';
import { volumePaths, type HostPaths } from '../paths.ts';
import { findProcesses, lastWords, spawnQemu, type QemuProcess } from '../qemu/process.ts';
import { daemonArgs, layerNode, readDaemonArgs, type LayerPlaces } from './nodes.ts';

export interface DaemonOptions {
  paths: HostPaths;
  binary: string;
  user: { uid: number; gid: number };
  log: Log;
  places: (volume: VolumeId) => LayerPlaces;
}

/** A storage daemon that is alive. */
export interface Daemon {
  process: QemuProcess;
  qmp: Qmp;
  /** The layer it writes to. */
  top: string;
  /** Machines are served by it; otherwise it runs for the time of one piece of work. */
  serves: boolean;
  works: number;
  stopping: boolean;
}

const START_DEADLINE = 15_000;
const QUIT_DEADLINE = 5_000;

/** The storage daemons of this host: one process for each volume that something uses. */
export function createDaemons(options: DaemonOptions) {
  const { paths, user, log } = options;
  const daemons = new Map<VolumeId, Daemon>();
  const queues = new Map<VolumeId, Promise<unknown>>();
  const closing = new AbortController();
  let onEnd: (volume: VolumeId) => void = () => undefined;

  /** Starts and ends of one volume's daemon happen one after another. */
  const inTurn = <T>(volume: VolumeId, work: () => Promise<T>): Promise<T> => {
    const before = queues.get(volume) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    const done = mine
      .catch(() => undefined)
      .then(() => {
        if (queues.get(volume) === done) queues.delete(volume);
      });
    queues.set(volume, done);
    return mine;
  };

  const hold = (volume: VolumeId, process: QemuProcess, qmp: Qmp, top: string, serves: boolean): Daemon => {
    const daemon: Daemon = { process, qmp, top, serves, works: 0, stopping: false };
    daemons.set(volume, daemon);
    void process.ended.then(() => {
      daemon.qmp.close();
      if (daemons.get(volume) === daemon) daemons.delete(volume);
      if (!daemon.stopping && !closing.signal.aborted) onEnd(volume);
    });
    return daemon;
  };

  const connect = async (volume: VolumeId, process: QemuProcess): Promise<Qmp> => {
    const deadline = Date.now() + START_DEADLINE;
    let over = false;
    void process.ended.then(() => (over = true));
    for (;;) {
      try {
        return await connectQmp(volumePaths(paths, volume).qmp, undefined, START_DEADLINE);
      } catch (error) {
        if (over || Date.now() > deadline || closing.signal.aborted) throw error;
      }
      await sleep(5);
    }
  };

  const start = async (volume: VolumeId, layers: readonly Layer[]): Promise<Daemon> => {
    const at = volumePaths(paths, volume);
    await remove(at.run);
    await makeDirectory(at.run, 0o700);
    await chown(at.run, user.uid, user.gid);
    const args = daemonArgs(layers, options.places(volume), at);
    const process = await spawnQemu(options.binary, args, user, at.log, null);
    try {
      return hold(volume, process, await connect(volume, process), topOf(layers) ?? '', false);
    } catch (cause) {
      process.kill('SIGKILL');
      await process.ended;
      const words = await lastWords(at.log);
      throw new Error(`The storage daemon of volume ${volume} did not start. ${words}`.trim(), { cause });
    }
  };

  const end = async (volume: VolumeId, daemon: Daemon): Promise<void> => {
    daemon.stopping = true;
    daemons.delete(volume);
    await daemon.qmp.execute('quit', undefined, QUIT_DEADLINE).catch(() => undefined);
    await Promise.race([daemon.process.ended, sleep(QUIT_DEADLINE, undefined, { ref: false })]);
    daemon.process.kill('SIGKILL');
    await daemon.process.ended;
    await remove(volumePaths(paths, volume).run);
  };

  /** A daemon whose monitor answers; one that has lost it is connected to again. */
  const obtain = async (volume: VolumeId, layers: readonly Layer[]): Promise<Daemon> => {
    const daemon = daemons.get(volume);
    if (!daemon) return start(volume, layers);
    try {
      await daemon.qmp.execute('query-jobs');
    } catch {
      daemon.qmp.close();
      daemon.qmp = await connect(volume, daemon.process);
    }
    return daemon;
  };

  return {
    serving: (): ReadonlyMap<VolumeId, string> =>
      new Map([...daemons].flatMap(([id, daemon]) => (daemon.serves ? [[id, daemon.top]] : []))),
    find: (volume: VolumeId) => daemons.get(volume) ?? null,
    async serve(volume: VolumeId, layers: readonly Layer[]): Promise<void> {
      await inTurn(volume, async () => {
        (await obtain(volume, layers)).serves = true;
      });
    },
    async unserve(volume: VolumeId): Promise<void> {
      await inTurn(volume, async () => {
        const daemon = daemons.get(volume);
        if (!daemon) return;
        daemon.serves = false;
        if (daemon.works === 0) await end(volume, daemon);
      });
    },
    /** Does a piece of work with the volume's daemon, which is started for it if none runs. */
    async use<T>(volume: VolumeId, layers: readonly Layer[], work: (daemon: Daemon) => Promise<T>): Promise<T> {
      const daemon = await inTurn(volume, async () => {
        const found = await obtain(volume, layers);
        found.works++;
        return found;
      });
      try {
        return await work(daemon);
      } finally {
        await inTurn(volume, async () => {
          daemon.works--;
          const isIdle = !daemon.serves && daemon.works === 0 && daemons.get(volume) === daemon;
          if (isIdle && !closing.signal.aborted) await end(volume, daemon);
        });
      }
    },
    async adopt(): Promise<void> {
      const directory = join(paths.run, 'volumes');
      const found = await findProcesses((args) => readDaemonArgs(args, directory), closing.signal);
      for (const { about: volume, process } of found) {
        try {
          if (daemons.has(volume)) throw new Error('there is another one');
          const qmp = await connectQmp(volumePaths(paths, volume).qmp);
          const [exported] = (await qmp.execute('query-block-exports')) as { 'node-name': string }[];
          const top = exported?.['node-name'];
          // Without an export it was ended in the middle of growing: a new one has all that this one has.
          if (!top?.startsWith(layerNode(''))) throw new Error('it exports nothing');
          hold(volume, process, qmp, top.slice(layerNode('').length), true);
        } catch (error) {
          log.warn('stray-storage-daemon-ended', { volume, pid: process.pid, error });
          process.kill('SIGKILL');
        }
      }
    },
    watch(end: (volume: VolumeId) => void): void {
      onEnd = end;
    },
    close(): void {
      closing.abort();
      for (const { qmp } of daemons.values()) qmp.close();
    },
  };
}

export type Daemons = ReturnType<typeof createDaemons>;
