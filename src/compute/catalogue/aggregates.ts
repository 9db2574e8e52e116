import type { Selectable } from 'kysely';
import { Type, type Static } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { assertMetadata, assertPinnedStay, assertZoneMayChange, settleHosts } from './aggregate-hosts.ts';
import type { AggregateTable } from './tables.ts';

/** The zone of hosts that no aggregate puts into another. */
export const DEFAULT_ZONE = 'nova';

export interface Aggregate {
  row: Selectable<AggregateTable>;
  metadata: Record<string, string>;
  hosts: string[];
}

/** All aggregates with their hosts' names, oldest first. */
export async function readAggregates(db: Reader): Promise<Aggregate[]> {
  const rows = await db.selectFrom('aggregates').selectAll().orderBy('id').execute();
  const hosts = await db.selectFrom('aggregate_hosts').selectAll().orderBy('host').execute();
  return rows.map((row) => ({
    row,
    metadata: fromJson<Record<string, string>>(row.metadata),
    hosts: hosts.filter((one) => one.aggregate_id === row.id).map((one) => one.host),
  }));
}

/** The availability zone of each host that an aggregate names; others are in `DEFAULT_ZONE`. */
export async function hostZones(db: Reader): Promise<Map<string, string>> {
  const zones = new Map<string, string>();
  for (const { metadata, hosts } of await readAggregates(db)) {
    const zone = metadata.availability_zone;
    if (zone) for (const host of hosts) zones.set(host, zone);
  }
  return zones;
}

/** The availability zone of one host, by its name. */
export async function zoneOfHost(db: Reader, host: string): Promise<string> {
  const rows = await db
    .selectFrom('aggregate_hosts')
    .innerJoin('aggregates', 'aggregates.id', 'aggregate_hosts.aggregate_id')
    .select('aggregates.metadata')
    .where('aggregate_hosts.host', '=', host)
    .orderBy('aggregates.id')
    .execute();
  const zones = rows.map(({ metadata }) => fromJson<Record<string, string>>(metadata).availability_zone);
  return zones.findLast((zone) => zone) ?? DEFAULT_ZONE;
}

function view({ row, metadata, hosts }: Aggregate, version: Version) {
  return {
    id: row.id,
    name: row.name,
    availability_zone: metadata.availability_zone ?? null,
    hosts,
    metadata,
    created_at: isoNaive(row.created_at),
    updated_at: row.updated_at === null ? null : isoNaive(row.updated_at),
    deleted: false,
    deleted_at: null,
    ...(atLeast(version, '2.41') && { uuid: row.uuid }),
  };
}

/** One aggregate. Throws ApiError 404. */
export async function findAggregate(db: Reader, id: string): Promise<Aggregate> {
  const found = (await readAggregates(db)).find(({ row }) => String(row.id) === id);
  if (!found) throw notFound(`Aggregate ${id} could not be found.`, 'AggregateNotFound');
  return found;
}

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
const Params = Strict({ aggregate_id: Type.String() });

const list = route({
  operation: 'aggregates:list',
  method: 'GET',
  path: '/os-aggregates',
  async handler({ app, version }) {
    return ok({ aggregates: (await readAggregates(app.store.read)).map((one) => view(one, version)) });
  },
});

const create = route({
  operation: 'aggregates:create',
  method: 'POST',
  path: '/os-aggregates',
  body: Strict({ aggregate: Strict({ name: Name, availability_zone: Type.Optional(Nullable(Name)) }) }),
  async handler({ app, context, body, version }) {
    const { name, availability_zone: zone } = body.aggregate;
    const aggregate = await app.store.transaction(async (tx) => {
      await checkName(tx, name);
      const row = { uuid: newUuid(), name, metadata: toJson(zone ? { availability_zone: zone } : {}) };
      const { id } = await tx.db
        .insertInto('aggregates')
        .values({ ...row, created_at: context.now, updated_at: null })
        .returning('id')
        .executeTakeFirstOrThrow();
      await writeAudit(tx, context, 'compute:aggregates:create', String(id), { name });
      return findAggregate(tx.db, String(id));
    });
    const { hosts: _hosts, metadata: _metadata, ...brief } = view(aggregate, version);
    return ok({ aggregate: brief });
  },
});

async function checkName(tx: Tx, name: string): Promise<void> {
  const same = await tx.db.selectFrom('aggregates').select('id').where('name', '=', name).executeTakeFirst();
  if (same) throw conflict(`Aggregate ${name} already exists.`);
}

const show = route({
  operation: 'aggregates:show',
  method: 'GET',
  path: '/os-aggregates/:aggregate_id',
  params: Params,
  async handler({ app, params, version }) {
    return ok({ aggregate: view(await findAggregate(app.store.read, params.aggregate_id), version) });
  },
});

/** Changes one aggregate in a transaction and answers it as it then is. */
async function change(
  app: App,
  context: Context,
  id: string,
  operation: string,
  work: (tx: Tx, aggregate: Aggregate) => Promise<void>,
): Promise<Aggregate> {
  return app.store.transaction(async (tx) => {
    const aggregate = await findAggregate(tx.db, id);
    await work(tx, aggregate);
    await tx.db.updateTable('aggregates').set({ updated_at: context.now }).where('id', '=', aggregate.row.id).execute();
    await writeAudit(tx, context, `compute:aggregates:${operation}`, id);
    const changed = await findAggregate(tx.db, id);
    await settleHosts(tx, [...new Set([...aggregate.hosts, ...changed.hosts])], aggregate.metadata, context.now);
    return changed;
  });
}

/** Metadata with `changes` merged in; a null removes its key. */
function merged(metadata: Record<string, string>, changes: Record<string, string | null>): string {
  const entries = Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== null);
  return toJson(Object.fromEntries(entries));
}

const update = route({
  operation: 'aggregates:update',
  method: 'PUT',
  path: '/os-aggregates/:aggregate_id',
  params: Params,
  body: Strict({
    aggregate: Strict({ name: Type.Optional(Name), availability_zone: Type.Optional(Nullable(Name)) }),
  }),
  async handler({ app, context, params, body, version }) {
    const { name, availability_zone: zone } = body.aggregate;
    const aggregate = await change(
      app,
      context,
      params.aggregate_id,
      'update',
      async (tx, { row, metadata, hosts }) => {
        if (name !== undefined && name !== row.name) await checkName(tx, name);
        if (zone !== undefined) await checkZone(tx, { row, metadata, hosts }, zone);
        await tx.db
          .updateTable('aggregates')
          .set({
            name: name ?? row.name,
            metadata: merged(metadata, zone === undefined ? {} : { availability_zone: zone }),
          })
          .where('id', '=', row.id)
          .execute();
      },
    );
    return ok({ aggregate: view(aggregate, version) });
  },
});

const remove = route({
  operation: 'aggregates:delete',
  method: 'DELETE',
  path: '/os-aggregates/:aggregate_id',
  params: Params,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const { row, hosts } = await findAggregate(tx.db, params.aggregate_id);
      if (hosts.length > 0) throw badRequest(`Cannot remove aggregate ${row.id}: it has hosts. Remove them first.`);
      await tx.db.deleteFrom('aggregates').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'compute:aggregates:delete', params.aggregate_id);
    });
    return { status: 200, body: null };
  },
});

const HostName = Strict({ host: Name });
const ActionBody = Type.Union([
  Strict({ add_host: HostName }),
  Strict({ remove_host: HostName }),
  Strict({ set_metadata: Strict({ metadata: Type.Record(Type.String(), Nullable(Type.String({ maxLength: 255 }))) }) }),
]);

const action = route({
  operation: 'aggregates:action',
  method: 'POST',
  path: '/os-aggregates/:aggregate_id/action',
  params: Params,
  body: ActionBody,
  async handler({ app, context, params, body, version }) {
    const name = Object.keys(body)[0]?.replace('_', '-') ?? 'action';
    const aggregate = await change(app, context, params.aggregate_id, name, (tx, found) => act(tx, found, body));
    return ok({ aggregate: view(aggregate, version) });
  },
});

async function act(tx: Tx, { row, metadata, hosts }: Aggregate, body: Static<typeof ActionBody>): Promise<void> {
  if ('set_metadata' in body) {
    const wished = body.set_metadata.metadata;
    assertMetadata(wished);
    if (wished.availability_zone !== undefined) await checkZone(tx, { row, metadata, hosts }, wished.availability_zone);
    const changed = merged(metadata, wished);
    await tx.db.updateTable('aggregates').set({ metadata: changed }).where('id', '=', row.id).execute();
    return;
  }
  if ('add_host' in body) {
    const { host } = body.add_host;
    const known = await tx.db.selectFrom('hosts').select('id').where('name', '=', host).executeTakeFirst();
    if (!known) throw notFound(`Compute host ${host} could not be found.`, 'ComputeHostNotFound');
    if (hosts.includes(host)) throw conflict(`Aggregate ${row.id} already has host ${host}.`);
    if (metadata.availability_zone !== undefined) {
      await checkOneZone(tx, host, metadata.availability_zone);
      await assertPinnedStay(tx.db, host, metadata.availability_zone);
    }
    await tx.db.insertInto('aggregate_hosts').values({ aggregate_id: row.id, host }).execute();
    return;
  }
  const { host } = body.remove_host;
  if (!hosts.includes(host)) throw notFound(`Aggregate ${row.id} has no host ${host}.`, 'AggregateHostNotFound');
  await tx.db.deleteFrom('aggregate_hosts').where('aggregate_id', '=', row.id).where('host', '=', host).execute();
  if (metadata.availability_zone === undefined) return;
  await assertPinnedStay(tx.db, host, (await hostZones(tx.db)).get(host) ?? DEFAULT_ZONE);
}

/** A host is in one zone, whatever aggregates it is in. */
async function checkOneZone(tx: Tx, host: string, zone: string): Promise<void> {
  const other = (await hostZones(tx.db)).get(host) ?? zone;
  if (other === zone) return;
  throw conflict(`Host ${host} is already in availability zone ${other}: remove it from that aggregate first.`);
}

async function checkZone(tx: Tx, { metadata, hosts }: Aggregate, zone: string | null): Promise<void> {
  const before = metadata.availability_zone ?? null;
  if (before === zone) return;
  await assertZoneMayChange(tx.db, hosts);
  const others = await hostZones(tx.db);
  const clash = hosts.find((host) => zone !== null && (others.get(host) ?? before ?? zone) !== (before ?? zone));
  if (clash !== undefined) {
    throw badRequest(`Host ${clash} is in availability zone ${others.get(clash)} through another aggregate.`);
  }
}

export const aggregateRoutes: Route[] = [list, create, show, update, remove, action];
