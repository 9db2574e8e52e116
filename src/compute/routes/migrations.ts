import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest, notFound } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { page, pageLinks } from '../catalogue/paging.ts';
import type { ServerFlavor } from '../model.ts';
import type { ServerMigrationTable } from '../action-tables.ts';
import { serverById } from '../servers-store.ts';
import { ServerParams } from '../wire.ts';

/** What a row says together with its server: the host's report moves the server, not this row. */
const STATUS = sql<string>`case
  when m.status = 'migrating' then case
    when s.vm_state = 'error' then 'error' when s.task_state = 'resize_finish' then 'migrating' else 'finished' end
  when m.status = 'reverting' then case when s.task_state = 'resize_reverting' then 'reverting' else 'reverted' end
  else m.status end`;

interface Shown extends Omit<ServerMigrationTable, 'id' | 'status'> {
  id: number;
  status: string;
}

/** Flavors have texts for ids here; Nova's numbers are shown where they are some. */
const flavorNumber = (flavor: string | null) => {
  const id = flavor === null ? '' : fromJson<ServerFlavor>(flavor).id;
  return /^\d{1,9}$/.test(id) ? Number(id) : null;
};

function view(row: Shown, version: Version) {
  return {
    id: row.id,
    status: row.status,
    instance_uuid: row.server_id,
    source_node: row.source_host,
    source_compute: row.source_host,
    dest_node: row.dest_host,
    dest_compute: row.dest_host,
    dest_host: null,
    old_instance_type_id: flavorNumber(row.old_flavor),
    new_instance_type_id: flavorNumber(row.new_flavor),
    created_at: isoNaive(row.created_at),
    updated_at: row.updated_at === null ? null : isoNaive(row.updated_at),
    ...(atLeast(version, '2.23') && { migration_type: row.kind }),
    ...(atLeast(version, '2.59') && { uuid: row.uuid }),
    ...(atLeast(version, '2.80') && { user_id: row.user_id, project_id: row.project_id }),
  };
}

const Text = Type.Optional(Type.String());
const KNOWN = ['hidden', 'host', 'instance_uuid', 'source_compute', 'status', 'migration_type'] as const;
const ListQuery = Type.Object({
  ...Object.fromEntries([...KNOWN, 'limit', 'marker', 'user_id', 'project_id'].map((name) => [name, Text])),
  'changes-since': Text,
  'changes-before': Text,
});
type Query = Static<typeof ListQuery> & Record<string, string | undefined>;

function assertQuery(query: Query, version: Version): void {
  if (!atLeast(version, '2.59')) return;
  const known = new Set<string>([...KNOWN, 'limit', 'marker', 'changes-since']);
  if (atLeast(version, '2.66')) known.add('changes-before');
  if (atLeast(version, '2.80')) for (const name of ['user_id', 'project_id']) known.add(name);
  const unknown = Object.keys(query).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw badRequest(`Additional properties are not allowed ('${unknown}' was unexpected)`);
  }
}

function time(query: Query, name: string, since: `2.${number}`, version: Version): number | null {
  const text = atLeast(version, since) ? query[name] : undefined;
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw badRequest(`Invalid input for query parameters ${name}. Value: ${text}. It is not a 'date-time'.`);
  }
  return at;
}

async function readMigrations(db: Reader, query: Query, version: Version): Promise<Shown[]> {
  const since = time(query, 'changes-since', '2.59', version);
  const before = time(query, 'changes-before', '2.66', version);
  if (since !== null && before !== null && before < since) {
    throw badRequest('The value of changes-since must be less than or equal to changes-before.');
  }
  const people = atLeast(version, '2.80');
  const conditions = [
    ...(query.instance_uuid ? [sql`m.server_id = ${query.instance_uuid}`] : []),
    ...(query.status ? [sql`${STATUS} = ${query.status}`] : []),
    ...(query.migration_type ? [sql`m.kind = ${query.migration_type}`] : []),
    ...(query.source_compute ? [sql`m.source_host = ${query.source_compute}`] : []),
    ...(query.host ? [sql`(m.source_host = ${query.host} or m.dest_host = ${query.host})`] : []),
    ...(people && query.user_id ? [sql`m.user_id = ${query.user_id}`] : []),
    ...(people && query.project_id ? [sql`m.project_id = ${query.project_id}`] : []),
    ...(since === null ? [] : [sql`coalesce(m.updated_at, m.created_at) >= ${since}`]),
    ...(before === null ? [] : [sql`coalesce(m.updated_at, m.created_at) <= ${before}`]),
  ];
  const where = conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` and `);
  const { rows } = await sql<Shown>`select m.id, m.uuid, m.server_id, m.project_id, m.user_id, m.kind, m.source_host,
      m.dest_host, m.old_flavor, m.new_flavor, m.created_at, m.updated_at, ${STATUS} as status
    from server_migrations m left join servers s on s.id = m.server_id
    where ${where} order by m.id desc limit 10000`.execute(db);
  return rows;
}

const MigrationParams = Strict({ server_id: Type.String(), migration_id: Type.String() });

function assertSince(version: Version, since: `2.${number}`): void {
  if (!atLeast(version, since)) throw notFound('The resource could not be found.');
}

/** Live migrations alone are shown and steered there, and there are none: every server stays on its host. */
const live = (method: 'GET' | 'POST' | 'DELETE', name: string, since: `2.${number}`): Route =>
  route({
    operation: `servers:migrations:${name}`,
    method,
    path: `/servers/:server_id/migrations/:migration_id${name === 'force-complete' ? '/action' : ''}`,
    params: MigrationParams,
    ...(name === 'force-complete' && { body: Strict({ force_complete: Type.Null() }) }),
    async handler({ app, context, params, version }) {
      assertSince(version, since);
      const server = await serverById(app.store.read, context, params.server_id);
      throw notFound(`In-progress live migration ${params.migration_id} is not found for server ${server.id}.`);
    },
  });

/** https://docs.openstack.org/api-ref/compute/#migrations-os-migrations */
export const migrationRoutes: Route[] = [
  route({
    operation: 'migrations:list',
    method: 'GET',
    path: '/os-migrations',
    query: ListQuery,
    async handler({ app, query, version }) {
      assertQuery(query, version);
      const rows = await readMigrations(app.store.read, query, version);
      const paged = atLeast(version, '2.59');
      const { items, more } = page(rows, paged ? query : {}, (row) => row.uuid, 'migration');
      const url = `${app.config.publicUrl}/compute/v2.1/os-migrations`;
      return ok({
        migrations: items.map((row) => view(row, version)),
        ...(paged && pageLinks('migrations_links', url, query, more, items.at(-1)?.uuid)),
      });
    },
  }),
  route({
    operation: 'servers:migrations:list',
    method: 'GET',
    path: '/servers/:server_id/migrations',
    params: ServerParams,
    async handler({ app, context, params, version }) {
      assertSince(version, '2.23');
      await serverById(app.store.read, context, params.server_id);
      return ok({ migrations: [] });
    },
  }),
  live('GET', 'show', '2.23'),
  live('POST', 'force-complete', '2.22'),
  live('DELETE', 'delete', '2.24'),
];
