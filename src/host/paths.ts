import { join } from 'node:path';

/** Where the agent keeps its things. `state` survives a reboot of the machine, `run` does not. */
export interface HostPaths {
  state: string;
  run: string;
}

/** The server's disk, config drive, logs and saved memory: below `STATE/servers/UUID`. */
export function serverPaths(paths: HostPaths, server: string) {
  const directory = join(paths.state, 'servers', server);
  const run = join(paths.run, 'servers', server);
  return {
    directory,
    layer: (index: number) => join(directory, `disk-${index}.qcow2`),
    /** One layer of a disk beside the root disk. Its size is in the name: another size is another file. */
    local: (name: string, index: number, mib: number) => join(directory, `local-${name}-${index}-${mib}.qcow2`),
    rescue: join(directory, 'rescue.qcow2'),
    configDrive: join(directory, 'config-drive.iso'),
    consoleLog: join(directory, 'console.log'),
    qemuLog: join(directory, 'qemu.log'),
    hardware: join(directory, 'hardware.json'),
    saved: join(directory, 'saved-state'),
    run,
    qmp: join(run, 'qmp.sock'),
    vnc: join(run, 'vnc.sock'),
    serial: join(run, 'serial.sock'),
    guestAgent: join(run, 'guest-agent.sock'),
    // Not beside the others: that directory is QEMU's, and root must not act on names that QEMU can replace.
    migration: join(paths.run, 'migration', `${server}.sock`),
  };
}

/** A volume's layers and the sockets of its storage daemon: below `STATE/volumes/UUID` and `RUN/volumes/UUID`. */
export function volumePaths(paths: HostPaths, volume: string) {
  const directory = join(paths.state, 'volumes', volume);
  const run = join(paths.run, 'volumes', volume);
  return {
    directory,
    layer: (file: string) => join(directory, `${file}.qcow2`),
    log: join(directory, 'storage-daemon.log'),
    run,
    qmp: join(run, 'qmp.sock'),
    nbd: join(run, 'nbd.sock'),
  };
}

export const volumesDirectory = (paths: HostPaths) => join(paths.state, 'volumes');
export const uploadsDirectory = (paths: HostPaths) => join(paths.state, 'uploads');
export const serversDirectory = (paths: HostPaths) => join(paths.state, 'servers');
export const imagesDirectory = (paths: HostPaths) => join(paths.state, 'images');
/** Formatted, otherwise empty disks that new ones are copies of. */
export const blanksDirectory = (paths: HostPaths) => join(paths.state, 'blanks');
export const networksDirectory = (paths: HostPaths) => join(paths.run, 'networks');
