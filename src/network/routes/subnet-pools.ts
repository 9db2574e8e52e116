import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { bitsOf, formatCidr, parseCidr, type Cidr } from '../address.ts';
import { invalidAttribute, subnetPoolNotFound } from '../errors.ts';
import { claimQuota } from '../quota.ts';
import { adminOnly, Bool, Int, projectOf, standardCreate, standardUpdate, toBool, toInt } from '../resource/body.ts';
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
    shared: bitAttribute,
    is_default: bitAttribute,
  },
  visible: (context) => sql`r.project_id = ${context.projectId} or r.shared = 1`,
  notFound: subnetPoolNotFound,
  render: async (_db, _context, rows) => rows.map(renderPool),
};

export const subnetPoolChanges: Changes<SubnetPoolsTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: false, run: create },
  update: { body: UpdateBody, run: update },
  remove,
};

function parsePrefixes(input: readonly string[]): { version: 4 | 6; texts: string[] } {
  const cidrs = input.map((text) => {
    const cidr = parseCidr(text);
    if (!cidr || !text.includes('/')) throw invalidAttribute('prefixes', `'${text}' is not a valid IP subnet.`);
    return cidr;
  });
  const version = cidrs[0]?.version ?? 4;
  if (cidrs.some((cidr) => cidr.version !== version)) {
    throw badRequest('Cannot mix IPv4 and IPv6 prefixes in a subnet pool.', 'PrefixVersionMismatch');
  }
  return { version, texts: merged(cidrs).map(formatCidr) };
}

/** Without prefixes that lie in others, lowest first. */
function merged(cidrs: readonly Cidr[]): Cidr[] {
  const sorted = cidrs.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : a.prefix - b.prefix));
  return sorted.filter(
    (cidr, index) => !sorted.slice(0, index).some((other) => other.first <= cidr.first && cidr.last <= other.last),
  );
}

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
  const projectId = projectOf(context, body, 'create_subnetpool');
  adminOnly(context, body, 'create_subnetpool', ['shared', 'is_default']);
  if (body.prefixes === undefined) {
    throw badRequest("Failed to parse request. Required attribute 'prefixes' not specified", 'HTTPBadRequest');
  }
  await claimQuota(tx, projectId, 'subnetpool');
  const { version, texts } = parsePrefixes(body.prefixes);
  const isDefault = toBool(body.is_default ?? false, 'is_default');
  if (isDefault) await checkNoDefault(tx.db, version);
  const id = newUuid();
  await tx.db
    .insertInto('subnet_pools')
    .values({
      id,
      ...newStandard(context, body),
      project_id: projectId,
      name: body.name ?? '',
      ip_version: version,
      prefixes: toJson(texts),
      ...parseLengths(version, body, {}),
      default_quota: parseQuota(body.default_quota ?? null),
      shared: bit(toBool(body.shared ?? false, 'shared')),
      is_default: bit(isDefault),
    })
    .execute();
  return id;
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
  const isDefault = toBool(body.is_default ?? row.is_default === 1, 'is_default');
  if (isDefault && !row.is_default) await checkNoDefault(tx.db, row.ip_version);
  await tx.db
    .updateTable('subnet_pools')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
      ...(body.prefixes && { prefixes: toJson(grownPrefixes(row, body.prefixes)) }),
      ...parseLengths(row.ip_version, body, row),
      ...(body.default_quota !== undefined && { default_quota: parseQuota(body.default_quota) }),
      is_default: bit(isDefault),
    })
    .where('id', '=', row.id)
    .execute();
}

/** A pool only grows: subnets may have been cut out of what it has. */
function grownPrefixes(row: SubnetPoolsTable, input: readonly string[]): string[] {
  const { version, texts } = parsePrefixes(input);
  if (version !== row.ip_version) {
    throw badRequest('Cannot mix IPv4 and IPv6 prefixes in a subnet pool.', 'PrefixVersionMismatch');
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

function renderPool(row: SubnetPoolsTable) {
  return {
    name: row.name,
    ip_version: row.ip_version,
    prefixes: fromJson<string[]>(row.prefixes),
    default_prefixlen: row.default_prefixlen,
    min_prefixlen: row.min_prefixlen,
    max_prefixlen: row.max_prefixlen,
    default_quota: row.default_quota,
    shared: row.shared === 1,
    is_default: row.is_default === 1,
    address_scope_id: null,
  };
}
