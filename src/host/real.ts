import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { chooseAccel } from './accel.ts';
import { hostArch, type HostFacts } from './capacity.ts';
import { cpuFlags, hostTraits } from './cpu-traits.ts';
import { createImageFetch } from './controller-link.ts';
import type { LinkOptions } from './line.ts';
import { writeConfigDrive } from './config-drive.ts';
import { createImageSend } from './image-send.ts';
import { createImageCache } from './disks/images.ts';
import { createDisks } from './disks/index.ts';
import type { HostDiagnostics, HostServer } from './document.ts';
import type { Drivers } from './drivers.ts';
import { exec } from './exec.ts';
import { makeDirectory } from './files.ts';
import { findUser, openDevice, probeQemu } from './machine-room.ts';
import { taggedDevices } from './metadata/devices.ts';
import { createMetadata } from './metadata/index.ts';
import { createGuestPasswords } from './metadata/password.ts';
import { imagesDirectory, serversDirectory, volumesDirectory, type HostPaths } from './paths.ts';
import { createPorts } from './ports/index.ts';
import { BRIDGE, openSwitch } from './ports/switch.ts';
import { createUploads } from './uploads/index.ts';
import { createVolumes } from './volumes/index.ts';
import { createMachines } from './qemu/machines.ts';
import type { ServerId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';

export interface RealHostOptions {
  link: LinkOptions;
  paths: HostPaths;
  accel: 'auto' | 'kvm' | 'tcg';
  /** Directory with a `vmlinuz` to prove KVM with. */
  kernelDirectory: string;
  qemu: string;
  qemuUser: string;
  datapath: 'auto' | 'netdev' | 'system';
  ovsDatabase: string;
  address: string | null;
  chassis: string | null;
  /** As OVN writes them, `public:br-ex`; null asks Open vSwitch. */
  bridgeMappings: string | null;
  log: Log;
}

export interface RealHost {
  drivers: Drivers;
  facts: HostFacts;
  diagnose: (server: ServerId) => Promise<HostDiagnostics>;
}

/** The drivers of this machine, and what is fixed about it. */
export async function createRealHost(options: RealHostOptions): Promise<RealHost> {
  const { paths, log, ovsDatabase } = options;
  const user = await findUser(options.qemuUser);
  for (const directory of [paths.state, paths.run, serversDirectory(paths), volumesDirectory(paths)]) {
    await makeDirectory(directory, 0o755);
  }
  for (const name of ['servers', 'volumes']) await makeDirectory(join(paths.run, name), 0o755);
  const [kvm, , vhost, probe, datapath, chassis, address, mappings] = await Promise.all([
    openDevice('/dev/kvm', user),
    openDevice('/dev/net/tun', user),
    openDevice('/dev/vhost-net', user),
    probeQemu(options.qemu),
    options.datapath === 'auto' ? findDatapath(ovsDatabase) : options.datapath,
    options.chassis ?? findChassis(ovsDatabase),
    options.address ?? findAddress(),
    options.bridgeMappings ?? findBridgeMappings(ovsDatabase),
  ]);
  const runAs = { uid: user.uid, gid: kvm.group ?? user.gid };
  const verdict = await chooseAccel({
    ...{ wanted: options.accel, binary: options.qemu, qemuVersion: probe.version },
    ...{ kernelDirectory: options.kernelDirectory, cache: join(paths.state, 'accel.json'), ...runAs },
  });
  log.info('accelerator', { ...verdict });
  const host = {
    ...{ binary: options.qemu, machine: probe.machine, accel: verdict.accel },
    offload: datapath === 'system',
    vhost: vhost.present && verdict.accel === 'kvm' && datapath === 'system',
  };
  const images = createImageCache(imagesDirectory(paths), createImageFetch(options.link));
  const ovs = openSwitch(ovsDatabase, log);
  const machines = createMachines({ paths, host, user: runAs, log, writeConfigDrive });
  const devicesOf = (server: HostServer) => {
    const hardware = machines.hardware(server.id);
    return hardware ? taggedDevices(server, hardware) : [];
  };
  const drivers: Drivers = {
    machines,
    disks: createDisks(paths, images, runAs),
    volumes: createVolumes({ paths, images, user: runAs, binary: 'qemu-storage-daemon', log }),
    uploads: createUploads(paths, runAs, createImageSend(options.link)),
    ports: createPorts({ ovs, uid: user.uid }),
    metadata: createMetadata({ paths, ovs, log, devicesOf, passwords: createGuestPasswords(options.link) }),
  };
  const facts: HostFacts = {
    hypervisor: 'QEMU',
    hypervisorVersion: probe.versionNumber,
    accel: verdict.accel,
    accelReason: verdict.reason,
    chassis,
    address,
    agentVersion: version(),
    traits: hostTraits(
      { accel: verdict.accel, arch: hostArch(), hypervisorVersion: probe.versionNumber },
      await cpuFlags(),
    ),
    bridgeMappings: readMappings(mappings),
  };
  return { drivers, facts, diagnose: (server) => machines.diagnose(server) };
}

/** The bridge's datapath: what OVN's set-up chose for this machine. */
async function findDatapath(database: string): Promise<'netdev' | 'system'> {
  const ask = ['--timeout=10', `--db=${database}`, '--if-exists', 'get', 'Bridge', BRIDGE, 'datapath_type'];
  const text = await exec('ovs-vsctl', ask).catch(() => 'netdev');
  return text.includes('netdev') ? 'netdev' : 'system';
}

/** The name under which ovn-controller registers this machine. */
async function findChassis(database: string): Promise<string> {
  const ask = ['--timeout=10', `--db=${database}`, '--if-exists', 'get', 'Open_vSwitch', '.', 'external_ids:system-id'];
  const text = await exec('ovs-vsctl', ask).catch(() => '');
  return text.trim().replaceAll('"', '') || hostname();
}

/** The physical networks that ovn-controller(8) was told of, with their bridges. */
async function findBridgeMappings(database: string): Promise<string> {
  const column = 'external_ids:ovn-bridge-mappings';
  const ask = ['--timeout=10', `--db=${database}`, '--if-exists', 'get', 'Open_vSwitch', '.', column];
  return (await exec('ovs-vsctl', ask).catch(() => '')).trim().replaceAll('"', '');
}

function readMappings(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split(':').map((part) => part.trim()));
  return Object.fromEntries(pairs.flatMap(([name = '', bridge = '']) => (name && bridge ? [[name, bridge]] : [])));
}

/** The address of the interface with the default route, else 127.0.0.1. */
async function findAddress(): Promise<string> {
  const text = await exec('ip', ['-json', 'route', 'get', '192.0.2.1']).catch(() => '[]');
  const [route] = JSON.parse(text || '[]') as { prefsrc?: string }[];
  return route?.prefsrc ?? '127.0.0.1';
}

function version(): string {
  const about = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return about.version;
}
