import { ApiError, conflict } from '../core/errors.ts';
import type { HostDiagnostics } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import { serverById } from './servers-store.ts';
import { readAll, tunnelsOf } from './tunnels.ts';

const MOST = 1024 * 1024;
const WITHIN = 20_000;

/**
 * What QEMU counts of a server now, asked of its host. Throws ApiError 404, and 409 for one that does not run.
 * https://docs.openstack.org/api-ref/compute/#show-server-diagnostics
 */
export async function serverDiagnostics(app: App, context: Context, version: Version, id: string): Promise<object> {
  const server = await serverById(app.store.read, context, id);
  const runs = server.reported_state === 'running' || server.reported_state === 'paused';
  if (server.host_id === null || !runs) {
    throw conflict(`Cannot 'get_diagnostics' instance ${server.id} while it is in vm_state ${server.vm_state}`);
  }
  const socket = await tunnelsOf(app).open(server.host_id, server.id, 'diagnostics');
  const text = (await readAll(socket, MOST, WITHIN)).toString('utf8');
  const seen = parse(text);
  if (!seen)
    throw new ApiError(409, 'Conflict', `The host has nothing to tell of instance ${server.id} now. Try again.`);
  return atLeast(version, '2.48') ? standard(seen) : flat(seen);
}

function parse(text: string): HostDiagnostics | null {
  try {
    return JSON.parse(text) as HostDiagnostics;
  } catch {
    return null;
  }
}

/** The same for every kind of hypervisor. Of the drivers clients know, libvirt is the one that runs QEMU too. */
function standard(seen: HostDiagnostics) {
  return {
    state: seen.state,
    driver: 'libvirt',
    hypervisor: seen.isKvm ? 'kvm' : 'qemu',
    hypervisor_os: 'linux',
    uptime: Math.round(seen.uptimeSeconds),
    config_drive: seen.configDrive,
    num_cpus: seen.cpus.length,
    num_nics: seen.nics.length,
    num_disks: seen.disks.length,
    memory_details: { maximum: seen.memoryMib.maximum, used: seen.memoryMib.used },
    cpu_details: seen.cpus.map(({ id, nanoseconds }) => ({ id, time: nanoseconds, utilisation: null })),
    nic_details: seen.nics.map((nic) => ({
      mac_address: nic.mac,
      rx_octets: nic.rxBytes,
      rx_packets: nic.rxPackets,
      rx_errors: nic.rxErrors,
      rx_drop: nic.rxDrop,
      rx_rate: null,
      tx_octets: nic.txBytes,
      tx_packets: nic.txPackets,
      tx_errors: nic.txErrors,
      tx_drop: nic.txDrop,
      tx_rate: null,
    })),
    disk_details: seen.disks.map((disk) => ({
      read_bytes: disk.readBytes,
      read_requests: disk.readRequests,
      write_bytes: disk.writeBytes,
      write_requests: disk.writeRequests,
      errors_count: disk.errors,
    })),
  };
}

/** Until 2.47 a flat list of what there is, with the names that libvirt's driver has given it. Memory in KiB. */
function flat(seen: HostDiagnostics): Record<string, number> {
  const lines: [string, number][] = [
    ['memory', seen.memoryMib.maximum * 1024],
    ...(seen.memoryMib.used === null ? [] : [['memory-used', seen.memoryMib.used * 1024] as [string, number]]),
  ];
  for (const { id, nanoseconds } of seen.cpus) if (nanoseconds !== null) lines.push([`cpu${id}_time`, nanoseconds]);
  for (const disk of seen.disks) {
    lines.push([`${disk.device}_read`, disk.readBytes], [`${disk.device}_read_req`, disk.readRequests]);
    lines.push([`${disk.device}_write`, disk.writeBytes], [`${disk.device}_write_req`, disk.writeRequests]);
    lines.push([`${disk.device}_errors`, disk.errors]);
  }
  for (const nic of seen.nics) {
    const name = `tap${nic.port.slice(0, 11)}`;
    lines.push([`${name}_rx`, nic.rxBytes], [`${name}_rx_packets`, nic.rxPackets]);
    lines.push([`${name}_rx_errors`, nic.rxErrors], [`${name}_rx_drop`, nic.rxDrop]);
    lines.push([`${name}_tx`, nic.txBytes], [`${name}_tx_packets`, nic.txPackets]);
    lines.push([`${name}_tx_errors`, nic.txErrors], [`${name}_tx_drop`, nic.txDrop]);
  }
  return Object.fromEntries(lines);
}
