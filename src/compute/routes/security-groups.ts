import { Type } from 'typebox';
import { notFound } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';

/** Groups as Nova's old proxy shows them, with the rules that let something in. */
export async function viewGroups(db: Reader, ids: readonly string[]): Promise<object[]> {
  if (ids.length === 0) return [];
  const groups = await db
    .selectFrom('security_groups')
    .select(['id', 'name', 'description', 'project_id'])
    .where('id', 'in', [...ids])
    .orderBy('name')
    .execute();
  const rules = await db
    .selectFrom('security_group_rules')
    .selectAll()
    .where('security_group_id', 'in', [...ids])
    .where('direction', '=', 'ingress')
    .execute();
  const names = new Map(groups.map((group) => [group.id, group.name]));
  return groups.map((group) => ({
    id: group.id,
    name: group.name,
    description: group.description,
    tenant_id: group.project_id,
    rules: rules
      .filter((rule) => rule.security_group_id === group.id)
      .map((rule) => ({
        id: rule.id,
        parent_group_id: group.id,
        ip_protocol: rule.protocol,
        from_port: rule.port_range_min,
        to_port: rule.port_range_max,
        group:
          rule.remote_group_id === null
            ? {}
            : { tenant_id: group.project_id, name: names.get(rule.remote_group_id) ?? rule.remote_group_id },
        ip_range: rule.remote_group_id === null ? { cidr: rule.remote_ip_prefix ?? '0.0.0.0/0' } : {},
      })),
  }));
}

function assertVersion(version: Version): void {
  if (atLeast(version, '2.36')) throw notFound('The resource could not be found.');
}

/**
 * The proxy of before 2.36, read only: the `openstack` client still finds the group through it that
 * `server add security group` names. Groups are changed through the network API.
 */
export const securityGroupRoutes: Route[] = [
  route({
    operation: 'security-groups:list',
    method: 'GET',
    path: '/os-security-groups',
    access: 'reader',
    async handler({ app, context, version }) {
      assertVersion(version);
      const rows = await app.store.read
        .selectFrom('security_groups')
        .select('id')
        .where('project_id', '=', context.projectId ?? '')
        .execute();
      const ids = rows.map((row) => row.id);
      return ok({ security_groups: await viewGroups(app.store.read, ids) });
    },
  }),
  route({
    operation: 'security-groups:show',
    method: 'GET',
    path: '/os-security-groups/:group_id',
    access: 'reader',
    params: Strict({ group_id: Type.String() }),
    async handler({ app, context, params, version }) {
      assertVersion(version);
      const row = await app.store.read
        .selectFrom('security_groups')
        .select('id')
        .where('id', '=', params.group_id)
        .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
        .executeTakeFirst();
      if (!row) throw notFound(`Security group ${params.group_id} not found`);
      const [group] = await viewGroups(app.store.read, [row.id]);
      return ok({ security_group: group ?? {} });
    },
  }),
];
