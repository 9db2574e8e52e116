import { existsSync, statSync } from 'node:fs';
import { migrations } from '../store/migrations/index.ts';
import { databasePath, lastBackup, openSide, type LastBackup, type Place, type Side } from '../backup/index.ts';

/** A host as the database knows it. Times are milliseconds since 1970. */
export interface HostFacts {
  name: string;
  enabled: boolean;
  lastSeen: number | null;
  servers: number;
  /** Of its newest certificate; null for the controller's own machine. */
  notAfter: number | null;
  /** Servers that it keeps since a restore. */
  kept: number;
}

/** What the database says of the cloud, and of itself. */
export interface DatabaseFacts {
  kind: 'sqlite' | 'postgres';
  /** For people, without a password. */
  shown: string;
  bytes: number;
  /** Of the write-ahead log: SQLite's file, or what PostgreSQL keeps for a replication slot that nobody reads. */
  walBytes: number;
  /** Seconds of the longest transaction; null where that cannot be known. */
  longestTransaction: number | null;
  migrations: string[];
  /** null when the schema is not this release's. */
  cloud: CloudFacts | null;
}

/** What its rows say of the cloud. */
export interface CloudFacts {
  backup: LastBackup | null;
  hosts: HostFacts[];
  /** Volumes that are nobody's. */
  strayVolumes: number;
  leases: { name: string; deadline: number }[];
  /** What belongs to projects that are deleted, by `openstack`'s word for its kind, in the order in which it can be deleted. */
  leftovers: { project: string; kind: string; id: string }[];
}

/** Reads it; a controller may run meanwhile, or be dead. Throws OperatorError when the database cannot be read. */
export async function readDatabaseFacts(place: Place): Promise<DatabaseFacts> {
  const side = await openSide(place, 'read');
  try {
    const number = async (text: string) => Number(Object.values((await side.query(text))[0] ?? {})[0] ?? 0);
    const applied = (await side.query('select name from schema_migrations')).map(({ name }) => String(name));
    const isOurs = applied.length === migrations.length && migrations.every(({ name }) => applied.includes(name));
    return {
      ...{ kind: side.kind, shown: side.shown, migrations: applied },
      ...(await (side.kind === 'sqlite' ? sqliteSizes(place) : postgresSizes(number))),
      cloud: isOurs ? await readCloud(side, number) : null,
    };
  } finally {
    await side.close();
  }
}

async function readCloud(side: Side, number: (text: string) => Promise<number>): Promise<CloudFacts> {
  const leases = await side.query('select name, deadline from leases order by name');
  return {
    backup: await lastBackup(side),
    hosts: await hostFacts(side),
    strayVolumes: await number(
      `select count(*) from volumes where managed = 0 and status = 'available' and project_id = ''`,
    ),
    leftovers: await leftoversOf(side),
    leases: leases.map((row) => ({ name: String(row['name']), deadline: Number(row['deadline']) })),
  };
}

/** Most things of deleted projects that are read. */
const MOST_LEFT = 1_000;

/** Keystone lets a project be deleted while things are in it, and nobody of it is left to delete them. */
async function leftoversOf(side: Side): Promise<CloudFacts['leftovers']> {
  const rows = await side.query(`select project, kind, id from (
      select project_id as project, 1 as turn, 'server' as kind, id from servers where deleted = 0
      union all select project_id, 2, 'floating ip', id from floating_ips
      union all select project_id, 3, 'volume', id from volumes
      union all select project_id, 4, 'router', id from routers
      union all select project_id, 5, 'network', id from networks
      union all select owner, 6, 'image', id from images where status <> 'pending_delete'
    ) as owned where project <> '' and project not in (select id from projects)
    order by project, turn, id limit ${MOST_LEFT}`);
  return rows.map((row) => ({ project: String(row['project']), kind: String(row['kind']), id: String(row['id']) }));
}

type Sizes = Pick<DatabaseFacts, 'bytes' | 'walBytes' | 'longestTransaction'>;

async function sqliteSizes(place: Place): Promise<Sizes> {
  const path = databasePath(place);
  const size = (file: string) => (existsSync(file) ? statSync(file).size : 0);
  return { bytes: size(path), walBytes: size(`${path}-wal`), longestTransaction: null };
}

async function postgresSizes(number: (text: string) => Promise<number>): Promise<Sizes> {
  return {
    bytes: await number('select pg_database_size(current_database())'),
    walBytes: await number(
      `select coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)
        from pg_replication_slots where not active`,
    ),
    longestTransaction: await number(
      `select coalesce(max(extract(epoch from now() - xact_start)), 0)
        from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    ),
  };
}

async function hostFacts(side: Side): Promise<HostFacts[]> {
  const rows = await side.query(`select h.name, h.enabled, h.last_seen, h.restored,
      (select count(*) from servers s where s.host_id = h.id and s.deleted = 0) as servers,
      (select max(not_after) from host_certificates c where c.host_id = h.id) as not_after
    from hosts h order by h.name`);
  const time = (value: unknown) => (value === null || value === undefined ? null : Number(value));
  return rows.map((row) => ({
    ...{ name: String(row['name']), enabled: Number(row['enabled']) === 1, servers: Number(row['servers']) },
    ...{ lastSeen: time(row['last_seen']), notAfter: time(row['not_after']) },
    kept: keptCount(row['restored']),
  }));
}

/** `hosts.restored` is JSON once a host has said what it has. */
function keptCount(restored: unknown): number {
  if (typeof restored !== 'string' || !restored.startsWith('{')) return 0;
  return (JSON.parse(restored) as { servers: unknown[] }).servers.length;
}
