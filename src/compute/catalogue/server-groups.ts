import type { Selectable } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, forbidden, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { computeQuota } from './quotas.ts';
import type { GroupPolicy, ServerGroupTable } from './tables.ts';

export interface ServerGroup {
  id: string;
  name: string;
  policy: GroupPolicy;
  maxServerPerHost: number;
  members: string[];
}

type Row = Selectable<ServerGroupTable>;

const visible = (db: Reader, context: Context) => {
  const query = db.selectFrom('server_groups').selectAll();
  return context.isAdmin ? query : query.where('project_id', '=', context.projectId ?? '');
};

/** The group a server create hints at. Throws ApiError 400 when the caller sees none of that id. */
export async function serverGroupForServer(db: Reader, context: Context, id: string): Promise<ServerGroup> {
  const row = await visible(db, context).where('id', '=', id).executeTakeFirst();
  if (!row) throw badRequest(`Instance group ${id} could not be found.`);
  const members = await membersOf(db, [id]);
  return {
    id: row.id,
    name: row.name,
    policy: row.policy,
    maxServerPerHost: row.max_server_per_host ?? 1,
    members: members.get(id) ?? [],
  };
}

/** Puts a server into a group, in the transaction that creates it. Throws ApiError 403 over the quota. */
export async function addServerGroupMember(tx: Tx, projectId: string, groupId: string, serverId: string) {
  const { server_group_members: most } = await computeQuota(tx.db, projectId);
  const members = (await membersOf(tx.db, [groupId])).get(groupId) ?? [];
  if (most >= 0 && members.length >= most) throw forbidden('Quota exceeded, too many servers in group');
  await tx.db.insertInto('server_group_members').values({ group_id: groupId, server_id: serverId }).execute();
}

/** Forgets a deleted server. */
export async function removeServerGroupMember(tx: Tx, serverId: string): Promise<void> {
  await tx.db.deleteFrom('server_group_members').where('server_id', '=', serverId).execute();
}

async function membersOf(db: Reader, ids: readonly string[]): Promise<Map<string, string[]>> {
  const members = new Map<string, string[]>();
  if (ids.length === 0) return members;
  const rows = await db.selectFrom('server_group_members').selectAll().where('group_id', 'in', ids).execute();
  for (const row of rows) members.set(row.group_id, [...(members.get(row.group_id) ?? []), row.server_id]);
  return members;
}

function view(row: Row, members: string[], version: Version) {
  const policies = atLeast(version, '2.64')
    ? {
        policy: row.policy,
        rules: row.max_server_per_host === null ? {} : { max_server_per_host: row.max_server_per_host },
      }
    : { policies: [row.policy], metadata: {} };
  return {
    id: row.id,
    name: row.name,
    ...policies,
    members,
    ...(atLeast(version, '2.13') && { project_id: row.project_id, user_id: row.user_id }),
  };
}

const Policy = Type.Union([
  Type.Literal('affinity'),
  Type.Literal('anti-affinity'),
  Type.Literal('soft-affinity'),
  Type.Literal('soft-anti-affinity'),
]);

const CreateBody = Strict({
  server_group: Strict({
    name: Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' }),
    policies: Type.Optional(Type.Array(Policy, { minItems: 1, maxItems: 1 })),
    policy: Type.Optional(Policy),
    rules: Type.Optional(Strict({ max_server_per_host: Type.Optional(Type.Union([Type.Integer(), Type.String()])) })),
  }),
});

/** `policies` until 2.63, `policy` and `rules` since 2.64, never both. */
function policyOf(asked: Static<typeof CreateBody>['server_group'], version: Version) {
  const since264 = atLeast(version, '2.64');
  const policy = since264 ? asked.policy : asked.policies?.[0];
  const unexpected = since264 ? asked.policies : (asked.policy ?? asked.rules);
  if (unexpected !== undefined) {
    throw badRequest(`Additional properties are not allowed ('${since264 ? 'policies' : 'policy'}' was unexpected).`);
  }
  if (!policy) throw badRequest(`'${since264 ? 'policy' : 'policies'}' is a required property.`);
  if (policy.startsWith('soft') && !atLeast(version, '2.15')) {
    throw badRequest(`Invalid input for field/attribute policies: ${policy} needs microversion 2.15.`);
  }
  const rule = asked.rules?.max_server_per_host;
  const most = rule === undefined ? null : Number(rule);
  if (most !== null && (policy !== 'anti-affinity' || !Number.isInteger(most) || most < 1)) {
    throw badRequest('The rule max_server_per_host is a positive number, and for the anti-affinity policy only.');
  }
  return { policy, most };
}

const create = route({
  operation: 'server-groups:create',
  method: 'POST',
  path: '/os-server-groups',
  body: CreateBody,
  async handler({ app, context, body, version }) {
    const { policy, most } = policyOf(body.server_group, version);
    const row: Row = {
      id: newUuid(),
      name: body.server_group.name.trim(),
      project_id: context.projectId ?? '',
      user_id: context.userId ?? '',
      policy,
      max_server_per_host: most,
      created_at: context.now,
    };
    await app.store.transaction(async (tx) => {
      const { server_groups: limit } = await computeQuota(tx.db, row.project_id);
      const { count } = await tx.db
        .selectFrom('server_groups')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('project_id', '=', row.project_id)
        .executeTakeFirstOrThrow();
      if (limit >= 0 && count >= limit) throw forbidden('Quota exceeded, too many server groups.', 'OverQuota');
      await tx.db.insertInto('server_groups').values(row).execute();
      await writeAudit(tx, context, 'compute:server-groups:create', row.id, { name: row.name, policy });
    });
    return ok({ server_group: view(row, [], version) });
  },
});

const list = route({
  operation: 'server-groups:list',
  method: 'GET',
  path: '/os-server-groups',
  query: Type.Object({
    all_projects: Type.Optional(Type.String()),
    limit: Type.Optional(Type.String({ pattern: '^\\d+$' })),
    offset: Type.Optional(Type.String({ pattern: '^\\d+$' })),
  }),
  async handler({ app, context, query, version }) {
    const all = context.isAdmin && query.all_projects !== undefined;
    const rows = await visible(app.store.read, { ...context, isAdmin: all })
      .orderBy('created_at')
      .orderBy('id')
      .limit(Math.min(Number(query.limit ?? 1000), 1000))
      .offset(Number(query.offset ?? 0))
      .execute();
    const members = await membersOf(
      app.store.read,
      rows.map((row) => row.id),
    );
    return ok({ server_groups: rows.map((row) => view(row, members.get(row.id) ?? [], version)) });
  },
});

const Params = Strict({ server_group_id: Type.String() });
const missing = (id: string) => notFound(`Instance group ${id} could not be found.`);

const show = route({
  operation: 'server-groups:show',
  method: 'GET',
  path: '/os-server-groups/:server_group_id',
  params: Params,
  async handler({ app, context, params, version }) {
    const row = await visible(app.store.read, context).where('id', '=', params.server_group_id).executeTakeFirst();
    if (!row) throw missing(params.server_group_id);
    const members = await membersOf(app.store.read, [row.id]);
    return ok({ server_group: view(row, members.get(row.id) ?? [], version) });
  },
});

const remove = route({
  operation: 'server-groups:delete',
  method: 'DELETE',
  path: '/os-server-groups/:server_group_id',
  params: Params,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const row = await visible(tx.db, context).where('id', '=', params.server_group_id).executeTakeFirst();
      if (!row) throw missing(params.server_group_id);
      await tx.db.deleteFrom('server_groups').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'compute:server-groups:delete', row.id);
    });
    return noContent();
  },
});

export const serverGroupRoutes: Route[] = [create, list, show, remove];
