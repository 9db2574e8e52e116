import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { bitsOf, parseCidr } from '../address.ts';
import { invalidAttribute, subnetPoolNotFound } from '../errors.ts';
import { mixed, parsePrefixes } from '../pool-prefixes.ts';
import { checkPoolScope } from '../address-scopes.ts';
import { openToAll, ownOrOpened, sharedAttribute, sharedWith } from '../rbac.ts';
import { claimQuota } from '../quota.ts';
import {
  adminOnly,
  Bool,
  Int,
  projectOf,
  standardCreate,
  standardUpdate,
  toBool,
  toInt,
  Uuid,
} from '../resource/body.ts';
import { newStandard, touched, type Changes } from '../resource/change.ts';
import { bit as bitAttribute, integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import type { SubnetPoolsTable } from '../tables.ts';

const common = {
  prefixes: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100 })),
  default_prefixlen: Type.Optional(Int),
  min_prefixlen: Type.Optional(Int),
  max_prefixlen: Type.Optional(Int),
  default_quota: Type.Optional(Nullable(Int)),
  is_default: Type.Optional(Bool),
  address_scope_id: Type.Optional(Nullable(Uuid)),
};
const CreateBody = Strict({ ...standardCreate, ...common, shared: Type.Optional(Bool) });
const UpdateBody = Strict({ ...standardUpdate, ...common });

export const subnetPools: Collection<SubnetPoolsTable> = {
  singular: 'subnetpool',
  plural: 'subnetpools',
  path: 'subnetpools',
  table: 'subnet_pools',
  attributes: {
    ...standardAttributes('subnetpools'),
    name: text,
    ip_version: integer,
    default_prefixlen: integer,
    min_prefixlen: integer,
    max_prefixlen: integer,
    default_quota: integer,
    shared: sharedAttribute,
    address_scope_id: text,
    is_default: bitAttribute,
  },
  visible: ownOrOpened,
  notFound: subnetPoolNotFound,
  async render(db, context, rows) {
    const shared = await sharedWith(
      db,
      context,
      rows.map((row) => row.id),
    );
    return rows.map((row) => ({ ...renderPool(row), shared: shared.has(row.id) }));
  },
};

export const subnetPoolChanges: Changes<SubnetPoolsTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  remove,
};

type Lengths = Pick<SubnetPoolsTable, 'default_prefixlen' | 'min_prefixlen' | 'max_prefixlen'>;

function parseLengths(version: 4 | 6, body: Static<typeof UpdateBody>, before: Partial<Lengths>): Lengths {
  const min =
    body.min_prefixlen === undefined ? (before.min_prefixlen ?? (version === 4 ? 8 : 64)) : toInt(body.min_prefixlen);
  const max = body.max_prefixlen === undefined ? (before.max_prefixlen ?? bitsOf(version)) : toInt(body.max_prefixlen);
  const preset =
    body.default_prefixlen === undefined
      ? Math.max(before.default_prefixlen ?? min, min)
      : toInt(body.default_prefixlen);
  if (min < 0 || max > bitsOf(version) || min > max) {
    throw badRequest(
      `Illegal prefix bounds: min_prefixlen=${min}, max_prefixlen=${max}.`,
      'IllegalSubnetPoolPrefixBounds',
    );
  }
  if (preset < min || preset > max) {
    throw badRequest(
      `Illegal prefix bounds: default_prefixlen=${preset}, min_prefixlen=${min}, max_prefixlen=${max}.`,
      'IllegalSubnetPoolPrefixBounds',
    );
  }
  return { default_prefixlen: preset, min_prefixlen: min, max_prefixlen: max };
}

function parseQuota(given: Static<typeof Int> | null): number | null {
  const quota = given === null ? null : toInt(given);
  if (quota !== null && quota < 0) throw invalidAttribute('default_quota', `'${quota}' should be non-negative.`);
  return quota;
}

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const projectId = projectOf(context, body);
  adminOnly(context, body, 'create_subnetpool', ['shared', 'is_default']);
  if (body.prefixes === undefined) {
    throw badRequest("Failed to parse request. Required attribute 'prefixes' not specified", 'HTTPBadRequest');
  }
  await claimQuota(tx, projectId, 'subnetpool');
  const { version, texts } = parsePrefixes(body.prefixes);
  const isDefault = toBool(body.is_default ?? false, 'is_default');
  if (isDefault) await checkNoDefault(tx.db, version);
  const shared = toBool(body.shared ?? false, 'shared');
  const object = { id: newUuid(), project_id: projectId };
  const pool = { ...object, ip_version: version, prefixes: texts };
  await checkPoolScope(tx.db, context, pool, body.address_scope_id ?? null);
  await tx.db
    .insertInto('subnet_pools')
    .values({
      ...object,
      ...newStandard(context, body),
      name: body.name ?? '',
      ip_version: version,
      prefixes: toJson(texts),
      ...parseLengths(version, body, {}),
      default_quota: parseQuota(body.default_quota ?? null),
      shared: bit(shared),
      is_default: bit(isDefault),
      address_scope_id: body.address_scope_id ?? null,
    })
    .execute();
  if (shared) await openToAll(tx, context, 'subnetpool', object, 'access_as_shared', true);
  return object.id;
}

async function checkNoDefault(db: Reader, version: 4 | 6): Promise<void> {
  const other = await db
    .selectFrom('subnet_pools')
    .select('id')
    .where('is_default', '=', 1)
    .where('ip_version', '=', version)
    .executeTakeFirst();
  if (other) {
    throw badRequest(`A default subnetpool for this IP family has already been set: ${other.id}.`, 'InvalidInput');
  }
}

async function update(tx: Tx, context: Context, row: SubnetPoolsTable, body: Static<typeof UpdateBody>): Promise<void> {
  adminOnly(context, body, 'update_subnetpool', ['is_default']);
  const prefixes = body.prefixes ? grownPrefixes(row, body.prefixes) : fromJson<string[]>(row.prefixes);
  const scope = body.address_scope_id === undefined ? row.address_scope_id : body.address_scope_id;
  await checkPoolScope(tx.db, context, { ...row, prefixes }, scope);
  if (scope !== row.address_scope_id) await checkMayMove(tx.db, row);
  const isDefault = toBool(body.is_default ?? row.is_default === 1, 'is_default');
  if (isDefault && !row.is_default) await checkNoDefault(tx.db, row.ip_version);
  await tx.db
    .updateTable('subnet_pools')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
      prefixes: toJson(prefixes),
      ...parseLengths(row.ip_version, body, row),
      ...(body.default_quota !== undefined && { default_quota: parseQuota(body.default_quota) }),
      is_default: bit(isDefault),
      address_scope_id: scope,
    })
    .where('id', '=', row.id)
    .execute();
}

/** A pool moves to another scope only as a whole: not when a network has subnets of it and of others. */
async function checkMayMove(db: Reader, row: SubnetPoolsTable): Promise<void> {
  const { rows } = await sql<{
    network_id: string;
  }>`select s.network_id from subnets s where s.subnetpool_id = ${row.id}
    and exists (select 1 from subnets o where o.network_id = s.network_id and o.ip_version = s.ip_version
      and coalesce(o.subnetpool_id, '') <> ${row.id}) limit 1`.execute(db);
  if (rows[0]) {
    throw badRequest(
      `Subnet pool ${row.id} could not be associated with another address scope: network ${rows[0].network_id} has subnets of other pools, too.`,
      'NetworkAddressScopeAffinityError',
    );
  }
}

/** A pool only grows here: subnets may have been cut out of what it has. */
function grownPrefixes(row: SubnetPoolsTable, input: readonly string[]): string[] {
  const { version, texts } = parsePrefixes(input);
  if (version !== row.ip_version) {
    throw mixed();
  }
  const after = texts.flatMap((text) => parseCidr(text) ?? []);
  for (const text of fromJson<string[]>(row.prefixes)) {
    const before = parseCidr(text);
    if (before && !after.some((cidr) => cidr.first <= before.first && before.last <= cidr.last)) {
      throw badRequest(
        `Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes; ${text} is missing.`,
        'IllegalSubnetPoolUpdate',
      );
    }
  }
  return texts;
}

async function remove(tx: Tx, _context: Context, row: SubnetPoolsTable): Promise<void> {
  const used = await tx.db.selectFrom('subnets').select('id').where('subnetpool_id', '=', row.id).executeTakeFirst();
  if (used) {
    throw conflict(
      `Unable to complete operation on subnet pool ${row.id}: Subnet pool has existing allocations.`,
      'SubnetPoolInUse',
    );
  }
  await tx.db.deleteFrom('subnet_pools').where('id', '=', row.id).execute();
}

/** Lengths are texts, as Neutron writes them. */
function renderPool(row: SubnetPoolsTable) {
  return {
    name: row.name,
    ip_version: row.ip_version,
    prefixes: fromJson<string[]>(row.prefixes),
    default_prefixlen: String(row.default_prefixlen),
    min_prefixlen: String(row.min_prefixlen),
    max_prefixlen: String(row.max_prefixlen),
    default_quota: row.default_quota,
    is_default: row.is_default === 1,
    address_scope_id: row.address_scope_id,
  };
}
