import type { App } from '../../src/http/app.ts';
import { recountAllHosts } from '../../src/compute/hosts.ts';
import { currentDocument } from '../../src/compute/documents.ts';
import { recountRoom } from '../../src/volume/pools.ts';
import type { FuzzHost } from './host.ts';

const PASSING_VOLUMES = ['creating', 'downloading', 'attaching', 'detaching', 'extending', 'deleting', 'uploading'];

/** What is still on its way: nothing once every fault is over and time has passed. */
export async function unsettled(app: App, hosts: readonly FuzzHost[]): Promise<string[]> {
  const db = app.store.read;
  const servers = await db.selectFrom('servers').selectAll().where('deleted', '=', 0).execute();
  const volumes = await db.selectFrom('volumes').select(['id', 'status']).execute();
  const snapshots = await db.selectFrom('volume_snapshots').select(['id', 'status']).execute();
  const attachments = await db
    .selectFrom('volume_attachments')
    .leftJoin('servers', 'servers.id', 'volume_attachments.server_id')
    .innerJoin('volumes', 'volumes.id', 'volume_attachments.volume_id')
    .select(['volume_attachments.id', 'state', 'volume_attachments.server_id', 'vm_state', 'volume_id'])
    .select(['volume_attachments.host_id', 'volumes.status'])
    .execute();
  const images = await db.selectFrom('images').select(['id', 'status']).execute();
  const passing = (kind: string, rows: readonly { id: string; status: string }[], states: readonly string[]) =>
    rows.filter((row) => states.includes(row.status)).map((row) => `${kind} ${row.id} is ${row.status}`);
  return [
    ...servers
      .filter((one) => one.task_state !== null || one.vm_state === 'building')
      .map((one) => `server ${one.id} is ${one.vm_state}/${one.task_state}, reported ${one.reported_state}`),
    ...passing('volume', volumes, PASSING_VOLUMES),
    ...passing('snapshot', snapshots, ['creating', 'deleting']),
    ...attachments
      // What a server in ERROR waits for, its fault says, and that a volume failed, its status.
      .filter((one) => one.state !== 'attaching' || (one.vm_state !== 'error' && one.status !== 'error'))
      .filter((one) => one.state === 'attaching' || one.state === 'detaching')
      .map(
        (one) =>
          `attachment ${one.id} of ${one.volume_id} is ${one.state} on ${one.host_id}, server ${one.server_id} is ${one.vm_state}`,
      ),
    ...passing('image', images, ['queued', 'saving', 'uploading', 'importing', 'pending_delete']),
    ...(await disagreements(app, hosts)),
  ];
}

/** Where a host's document, or what is on it, is not what the rows say. */
async function disagreements(app: App, hosts: readonly FuzzHost[]): Promise<string[]> {
  const found: string[] = [];
  for (const host of hosts) {
    const { sim, ledger } = host;
    const { generation, ...wished } = (await currentDocument(app, host.id)).document;
    const { generation: accepted, ...known } = ledger.document ?? { generation: 0 };
    if (accepted !== generation) found.push(`${host.name} has generation ${accepted} of ${generation}`);
    else if (JSON.stringify(sorted(wished)) !== JSON.stringify(sorted(known))) {
      found.push(`${host.name} has another document of generation ${generation}`);
    }
    const rows = await app.store.read
      .selectFrom('servers')
      .selectAll()
      .where('host_id', '=', host.id)
      .where('deleted', '=', 0)
      .execute();
    const states = new Map(rows.map((row) => [row.id as string, row]));
    const ids = new Set(wished.servers.map((server) => server.id as string));
    for (const [id, machine] of sim.machines) {
      const row = states.get(id);
      if (!ids.has(id)) found.push(`${host.name} runs ${id}, which is not its`);
      else if (row && row.vm_state !== 'error' && !RUNNING[machine.state].has(row.vm_state)) {
        found.push(`${id} is ${machine.state} on ${host.name} and ${row.vm_state} for its owner`);
      }
      const want = wished.servers.find((server) => server.id === id);
      if (!want || row?.vm_state === 'error') continue;
      const differs = (is: readonly string[], should: readonly string[]) =>
        is.toSorted().join() !== should.toSorted().join();
      const ports = want.ports.map((port) => port.id);
      if (differs(machine.ports, ports)) found.push(`${id} has the ports ${machine.ports.join()}, not ${ports.join()}`);
      const refused = await refusedDisks(app, id);
      const disks = want.attachments.map((one) => one.id as string).filter((one) => !refused.has(one));
      const plugged = machine.disks.map((disk) => disk.id as string).filter((one) => !refused.has(one));
      if (differs(plugged, disks)) found.push(`${id} has the disks ${plugged.join()}, not ${disks.join()}`);
    }
    for (const row of rows) {
      if (STARTED.has(row.vm_state) && !sim.machines.has(row.id))
        found.push(`${row.id} is ${row.vm_state} and does not run`);
      if (row.vm_state === 'suspended' && !sim.suspended.has(row.id)) found.push(`${row.id} has no saved state`);
    }
    const volumes = new Set(wished.volumes.map((volume) => volume.id as string));
    const stray = (kind: string, has: Iterable<string>, may: ReadonlySet<string>) =>
      found.push(...[...has].filter((id) => !may.has(id)).map((id) => `${host.name} keeps ${kind} ${id}`));
    stray('the disk of', sim.disks.keys(), ids);
    stray('a port of', sim.ports.values(), ids);
    stray('the state of', sim.suspended, ids);
    stray('volume', sim.volumes.keys(), volumes);
    stray('ledger entry', ledger.servers(), ids);
    stray('ledger entry of volume', ledger.volumes(), volumes);
  }
  return found;
}

const RUNNING = {
  running: new Set<string>(['active', 'rescued', 'resized']),
  paused: new Set<string>(['paused']),
};
const STARTED = new Set<string>(['active', 'rescued', 'paused']);

async function refusedDisks(app: App, server: string): Promise<Set<string>> {
  const rows = await app.store.read
    .selectFrom('volume_attachments')
    .select('id')
    .where('server_id', '=', server)
    .where((where) => where.or([where('state', '=', 'error'), where('reason', 'is not', null)]))
    .execute();
  return new Set(rows.map((row) => row.id));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** What must hold of the rows alone, whatever has happened: sums, owners, histories. */
export async function brokenRows(app: App): Promise<string[]> {
  const db = app.store.read;
  const mended = [
    ...(await recountAllHosts(app.store, app.clock.now())),
    ...(await app.store.transaction(recountRoom)).map((name) => `volumes of ${name}`),
  ];
  const orphans = await db
    .selectFrom('ports')
    .leftJoin('servers', (join) => join.onRef('servers.id', '=', 'ports.device_id').on('servers.deleted', '=', 0))
    .select(['ports.id', 'ports.device_id'])
    .where('ports.device_owner', 'like', 'compute:%')
    .where('servers.id', 'is', null)
    .execute();
  const twice = await db
    .selectFrom('port_addresses')
    .select(['subnet_id', 'address_key'])
    .groupBy(['subnet_id', 'address_key'])
    .having((having) => having.fn.countAll(), '>', 1)
    .execute();
  const open = await db
    .selectFrom('server_events')
    .innerJoin('server_actions', 'server_actions.id', 'server_events.action_id')
    .innerJoin('servers', 'servers.id', 'server_actions.server_id')
    .select(['server_actions.action', 'servers.id', 'servers.vm_state'])
    .where('finish_time', 'is', null)
    .where('servers.task_state', 'is', null)
    .execute();
  const held = await db
    .selectFrom('volume_attachments')
    .leftJoin('servers', (join) =>
      join.onRef('servers.id', '=', 'volume_attachments.server_id').on('servers.deleted', '=', 0),
    )
    .select(['volume_attachments.id', 'volume_attachments.server_id'])
    .where('servers.id', 'is', null)
    .execute();
  const volumes = await db
    .selectFrom('volumes')
    .leftJoin('volume_attachments', 'volume_attachments.volume_id', 'volumes.id')
    .select(['volumes.id', 'volumes.status', 'volume_attachments.id as attachment'])
    .where('volumes.status', 'in', ['available', 'in-use'])
    .execute();
  return [
    ...mended.map((what) => `the accounts were wrong: ${what}`),
    ...orphans.map((port) => `port ${port.id} is left of server ${port.device_id}`),
    ...twice.map((one) => `address ${one.address_key} was given twice`),
    ...open.map((one) => `'${one.action}' of ${one.id} (${one.vm_state}) never ended`),
    ...held.map((one) => `attachment ${one.id} is left of server ${one.server_id}`),
    ...volumes
      .filter((one) => (one.status === 'in-use') !== (one.attachment !== null))
      .map((one) => `volume ${one.id} is ${one.status} with attachment ${one.attachment}`),
  ];
}

/** Every leftover of servers and volumes that were all deleted: in the rows, and on the hosts. */
export async function leftovers(app: App, hosts: readonly FuzzHost[]): Promise<string[]> {
  const db = app.store.read;
  const count = async (
    table:
      | 'allocations'
      | 'consumers'
      | 'volumes'
      | 'volume_attachments'
      | 'volume_snapshots'
      | 'server_images'
      | 'server_volume_actions'
      | 'server_group_members',
  ) => {
    const rows = await db
      .selectFrom(table)
      .select((select) => select.fn.countAll<number>().as('count'))
      .execute();
    const found = Number(rows[0]?.count ?? 0);
    return found === 0 ? [] : [`${found} rows of ${table}`];
  };
  const servers = await db
    .selectFrom('servers')
    .select(['id', 'vm_state', 'task_state'])
    .where('deleted', '=', 0)
    .execute();
  const ports = await db.selectFrom('ports').select('id').where('device_owner', 'like', 'compute:%').execute();
  const used = await db
    .selectFrom('inventories')
    .select(['provider', 'resource_class'])
    .where('used', '!=', 0)
    .execute();
  const ofHosts = hosts.flatMap(({ name, sim, ledger }) => {
    const keeps: [string, Iterable<string>][] = [
      ['machine', sim.machines.keys()],
      ['disk', sim.disks.keys()],
      ['port', sim.ports.keys()],
      ['saved state', sim.suspended],
      ['volume', sim.volumes.keys()],
      ['storage daemon', sim.serving.keys()],
      ['server in the ledger', ledger.servers()],
      ['volume in the ledger', ledger.volumes()],
    ];
    return keeps.flatMap(([kind, ids]) => [...ids].map((id) => `${kind} ${id} on ${name}`));
  });
  return [
    ...servers.map((one) => `server ${one.id} is ${one.vm_state}/${one.task_state}`),
    ...ports.map(({ id }) => `port ${id}`),
    ...used.map((one) => `${one.resource_class} of ${one.provider} is used`),
    ...(await count('allocations')),
    ...(await count('consumers')),
    ...(await count('volumes')),
    ...(await count('volume_attachments')),
    ...(await count('volume_snapshots')),
    ...(await count('server_images')),
    ...(await count('server_volume_actions')),
    ...(await count('server_group_members')),
    ...ofHosts,
  ];
}

/** Throws with the list of everything that was left behind. */
export async function assertCleanSlate(app: App, hosts: readonly FuzzHost[]): Promise<void> {
  const found = [...(await leftovers(app, hosts)), ...(await brokenRows(app))];
  if (found.length > 0) throw new Error(`left behind:\n  ${found.join('\n  ')}`);
}
