import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { chmod, chown, open, rename, rm, writeFile } from 'node:fs/promises';
import type { ServerId } from '../../core/ids.ts';
import type { HostServer } from '../document.ts';
import type { MachineDisks } from '../drivers.ts';
import { makeDirectory, readIfExists } from '../files.ts';
import { serverPaths, volumePaths, type HostPaths } from '../paths.ts';
import { qemuArgs } from './command.ts';
import { isTagged } from './facts.ts';
import { completeHardware, hardwareOf, type Hardware, type QemuHost } from './hardware.ts';
import { spawnQemu, type QemuProcess } from './process.ts';

export interface LaunchOptions {
  paths: HostPaths;
  host: QemuHost;
  user: { uid: number; gid: number };
  /** Makes the config drive of a server at a path. */
  writeConfigDrive: (server: HostServer, hardware: Hardware | null, path: string) => Promise<void>;
}

/** A QEMU that has read its arguments and waits: it goes on when its monitor is dialled. */
export interface Launched {
  process: QemuProcess;
  startedAt: number;
  hardware: Hardware;
}

export interface Launcher {
  /** Makes the config drive and, if it is known what the machine will consist of, launches its QEMU. */
  prepare: (server: HostServer, disks: MachineDisks | null) => Promise<void>;
  /** The QEMU that was prepared, if it is what is wanted now; else another one, and that one is ended. */
  launch(server: HostServer, disks: MachineDisks, resume: boolean): Promise<Launched>;
  /** Ends the QEMU that was prepared, if there is one. */
  drop: (server: ServerId) => Promise<void>;
  readHardware: (server: ServerId) => Promise<Hardware | null>;
  /** Writes down what a machine consists of, for an agent that finds it and for a resume. */
  saveHardware(server: ServerId, hardware: Hardware): Promise<void>;
  close(): void;
}

/** Something else went wrong if a prepared QEMU is not wanted within this time; it says when it was started, too. */
const FRESH = 5_000;

interface Prepared extends Launched {
  wish: string;
  timer: NodeJS.Timeout;
}

/**
 * Launches QEMUs in two parts. Half of the time that QEMU takes to start goes by before it looks at disks and devices,
 * so a server's QEMU is launched while those are still being made. It stops at its monitor's socket (`wait=on`), which
 * comes before all else, and goes on when the monitor is dialled. Without `hardware.json` beside its disk, which is
 * written only then, the next agent takes it for a stray and ends it.
 */
export function createLauncher({ paths, host, user, writeConfigDrive }: LaunchOptions): Launcher {
  const prepared = new Map<ServerId, Prepared>();
  /** What the config drives on the disk say, if they were made ahead of a start; each serves one start. */
  const drives = new Map<ServerId, string>();

  const driveOf = (server: HostServer, hardware: Hardware | null) =>
    JSON.stringify([server.metadata, server.ports, server.disk?.image, isTagged(server) ? hardware : null]);

  const makeDrive = async (server: HostServer, hardware: Hardware | null) => {
    const { configDrive } = serverPaths(paths, server.id);
    await writeConfigDrive(server, hardware, configDrive);
    // A password may be on it.
    await chmod(configDrive, 0o400);
    await chown(configDrive, user.uid, user.gid);
  };

  const needDrive = async (server: HostServer, hardware: Hardware, resume: boolean) => {
    const { configDrive } = serverPaths(paths, server.id);
    const ready = drives.get(server.id) === driveOf(server, hardware);
    drives.delete(server.id);
    // A resumed guest has the old drive mounted, so that one stays.
    if (!hardware.configDrive || ((ready || resume) && existsSync(configDrive))) return;
    await makeDrive(server, hardware);
  };

  const spawn = async (
    server: HostServer,
    hardware: Hardware,
    disks: MachineDisks,
    resume: boolean,
  ): Promise<Launched> => {
    const at = serverPaths(paths, server.id);
    await makeDirectory(at.directory, 0o711);
    const file = await open(at.consoleLog, 'a', 0o640);
    try {
      await file.chown(user.uid, user.gid);
    } finally {
      await file.close();
    }
    // What a saved state fits stays until it is continued.
    if (!resume) await rm(at.hardware, { force: true });
    // In memory, so nothing to wait for.
    rmSync(at.run, { recursive: true, force: true });
    mkdirSync(at.run, { recursive: true, mode: 0o700 });
    chownSync(at.run, user.uid, user.gid);
    const startedAt = Date.now();
    const about = { server: server.id, boot: server.boot, startedAt };
    const nbdSocket = (volume: string) => volumePaths(paths, volume).nbd;
    const args = qemuArgs({ ...about, hardware, disks, nbdSocket, paths: at, incomingFd: resume ? 3 : null }, host);
    const process = await spawnQemu(host.binary, args, user, at.qemuLog, resume ? at.saved : null);
    return { process, startedAt, hardware };
  };

  const end = async ({ process, timer }: Prepared) => {
    clearTimeout(timer);
    process.kill('SIGKILL');
    await process.ended;
  };
  const drop = async (server: ServerId) => {
    const one = prepared.get(server);
    prepared.delete(server);
    if (one) await end(one);
  };
  const wishOf = (server: HostServer, hardware: Hardware, disks: MachineDisks) =>
    JSON.stringify([server.boot, hardware, disks]);
  const take = async (server: HostServer, hardware: Hardware, disks: MachineDisks): Promise<Launched | null> => {
    const one = prepared.get(server.id);
    if (one?.wish !== wishOf(server, hardware, disks)) {
      await drop(server.id);
      return null;
    }
    prepared.delete(server.id);
    clearTimeout(one.timer);
    return one;
  };
  const readHardware = async (server: ServerId): Promise<Hardware | null> => {
    const text = await readIfExists(serverPaths(paths, server).hardware);
    return text === null ? null : completeHardware(JSON.parse(text) as Hardware);
  };

  return {
    async prepare(server, disks) {
      await drop(server.id);
      const hardware = disks && hardwareOf(server, host, disks.volumes);
      const drive = async () => {
        // Where its devices are on the bus is told to the guest only if they have names.
        if (!server.configDrive || (hardware === null && isTagged(server))) return;
        drives.delete(server.id);
        await makeDirectory(serverPaths(paths, server.id).directory, 0o711);
        await makeDrive(server, hardware);
        drives.set(server.id, driveOf(server, hardware));
      };
      const qemu = async () => {
        if (!disks || !hardware) return;
        const launched = await spawn(server, hardware, disks, false);
        const timer = setTimeout(() => void drop(server.id), FRESH).unref();
        prepared.set(server.id, { ...launched, wish: wishOf(server, hardware, disks), timer });
      };
      await Promise.all([qemu(), drive()]);
    },
    async launch(server, disks, resume) {
      const hardware = (resume ? await readHardware(server.id) : null) ?? hardwareOf(server, host, disks.volumes);
      const ready = resume ? null : await take(server, hardware, disks);
      const [launched] = await Promise.all([
        ready ?? spawn(server, hardware, disks, resume),
        needDrive(server, hardware, resume),
      ]);
      return launched;
    },
    drop,
    readHardware,
    async saveHardware(server, hardware) {
      const { hardware: path } = serverPaths(paths, server);
      // Whole, but not at once on the disk: it outlives a power cut only with a saved state, which sees to that.
      await writeFile(`${path}.tmp`, JSON.stringify(hardware), { mode: 0o600 });
      await rename(`${path}.tmp`, path);
    },
    close() {
      for (const one of prepared.values()) void end(one);
    },
  };
}
