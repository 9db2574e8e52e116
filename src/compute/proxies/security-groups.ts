import { isIP, isIPv6 } from 'node:net';
import { Type, type Static } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import { accepted, ok, route, type Route } from '../../http/route.ts';
import { Nullable, parseBool, Strict } from '../../http/schemas.ts';
import { viewGroups } from '../routes/security-groups.ts';
import { assertProxy, asNova, networkCall, type Caller, type Json } from './network-call.ts';

const GroupParams = Strict({ group_id: Type.String() });
const RuleParams = Strict({ rule_id: Type.String() });

function assertId(id: string): void {
  if (!isUuid(id)) throw badRequest(`Security group id should be uuid: ${id}`);
}

async function groupById(caller: Caller, id: string): Promise<Json> {
  assertId(id);
  return (await networkCall(caller, 'GET', `/security-groups/${id}`)).security_group as Json;
}

async function viewGroup(caller: Caller, id: string): Promise<object> {
  const [view] = await viewGroups(caller.app.store.read, [id]);
  if (!view) throw notFound(`Security group ${id} not found`);
  return view;
}

const GroupBody = Strict({
  security_group: Strict({
    name: Type.String({ minLength: 1, maxLength: 255 }),
    description: Nullable(Type.String({ maxLength: 255 })),
  }),
});

const groupRoutes: Route[] = [
  route({
    operation: 'security-groups:list',
    method: 'GET',
    path: '/os-security-groups',
    query: Type.Object({
      all_tenants: Type.Optional(Type.String()),
      limit: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
      offset: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
    }),
    async handler({ app, context, request, query, version }) {
      assertProxy(version);
      const all = context.isAdmin && query.all_tenants !== undefined && parseBool(query.all_tenants || '1') === true;
      const filter: Record<string, string> = all ? {} : { project_id: context.projectId ?? '' };
      const { security_groups: groups } = await networkCall({ app, context, request }, 'GET', '/security-groups', {
        query: filter,
      });
      const ids = (groups as { id: string }[]).map(({ id }) => id);
      const view = (await viewGroups(app.store.read, ids)) as { tenant_id: string; name: string }[];
      const key = (group: { tenant_id: string; name: string }) => `${group.tenant_id} ${group.name}`;
      view.sort((a, b) => (key(a) < key(b) ? -1 : 1));
      const start = Number(query.offset ?? 0);
      return ok({ security_groups: view.slice(start, start + Math.min(Number(query.limit ?? 1000), 1000)) });
    },
  }),
  route({
    operation: 'security-groups:show',
    method: 'GET',
    path: '/os-security-groups/:group_id',
    params: GroupParams,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      const caller = { app, context, request };
      await groupById(caller, params.group_id);
      return ok({ security_group: await viewGroup(caller, params.group_id) });
    },
  }),
  route({
    operation: 'security-groups:create',
    method: 'POST',
    path: '/os-security-groups',
    body: GroupBody,
    async handler({ app, context, request, body, version }) {
      assertProxy(version);
      const caller = { app, context, request };
      const { name, description } = body.security_group;
      const asked = { security_group: { name, description: description ?? '' } };
      const overQuota = { 409: 403 };
      const made = await asNova(overQuota, () => networkCall(caller, 'POST', '/security-groups', { body: asked }));
      return ok({ security_group: await viewGroup(caller, String((made.security_group as Json).id)) });
    },
  }),
  route({
    operation: 'security-groups:update',
    method: 'PUT',
    path: '/os-security-groups/:group_id',
    params: GroupParams,
    body: GroupBody,
    async handler({ app, context, request, params, body, version }) {
      assertProxy(version);
      const caller = { app, context, request };
      await groupById(caller, params.group_id);
      const { name, description } = body.security_group;
      const asked = { security_group: { name, description: description ?? '' } };
      await asNova({ 409: 400 }, () =>
        networkCall(caller, 'PUT', `/security-groups/${params.group_id}`, { body: asked }),
      );
      return ok({ security_group: await viewGroup(caller, params.group_id) });
    },
  }),
  route({
    operation: 'security-groups:delete',
    method: 'DELETE',
    path: '/os-security-groups/:group_id',
    params: GroupParams,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      const caller = { app, context, request };
      const group = await groupById(caller, params.group_id);
      // An administrator may do that through the network API; here nobody ever could.
      if (group.name === 'default') throw badRequest(`Unable to delete system group 'default'`);
      await asNova({ 409: 400 }, () => networkCall(caller, 'DELETE', `/security-groups/${params.group_id}`));
      return accepted();
    },
  }),
];

const Port = Type.Optional(Nullable(Type.Union([Type.Integer(), Type.String({ pattern: '^-?[0-9]+$' })])));

const RuleBody = Strict({
  security_group_rule: Strict({
    parent_group_id: Type.String(),
    group_id: Type.Optional(Nullable(Type.String())),
    from_port: Port,
    to_port: Port,
    ip_protocol: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
    cidr: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  }),
});

/** A rule in Neutron's words: ports of -1 stand for all, and nothing but a group stands for everything from it. */
function neutronRule(asked: Static<typeof RuleBody>['security_group_rule']): Json {
  const { ip_protocol: protocol = null, group_id: group = null } = asked;
  const cidr = asked.cidr || '0.0.0.0/0';
  if (group === null && isIP(cidr.split('/')[0] ?? '') === 0) throw badRequest(`Invalid cidr ${cidr}.`);
  const from = Number(asked.from_port ?? -1);
  const to = Number(asked.to_port ?? -1);
  const any = from === -1 && to === -1;
  if (protocol === null && !(group !== null && any)) {
    throw badRequest('Not enough parameters to build a valid rule: give ip_protocol, from_port and to_port.');
  }
  const icmp = protocol?.toLowerCase() === 'icmp';
  if (!any && !icmp && (from < 0 || to < 0)) {
    throw badRequest(`Invalid port range ${from}:${to}. Former value cannot be greater than the later`);
  }
  if (any && !icmp && protocol !== null && group === null && /^(tcp|udp)$/i.test(protocol)) {
    throw badRequest('Not enough parameters to build a valid rule: tcp and udp need from_port and to_port.');
  }
  const port = (value: number) => (value === -1 ? null : value);
  return {
    security_group_id: asked.parent_group_id,
    direction: 'ingress',
    ethertype: group === null && isIPv6(cidr.split('/')[0] ?? '') ? 'IPv6' : 'IPv4',
    protocol,
    port_range_min: port(from),
    port_range_max: port(to),
    ...(group === null ? { remote_ip_prefix: cidr } : { remote_group_id: group }),
  };
}

const ruleRoutes: Route[] = [
  route({
    operation: 'security-group-rules:create',
    method: 'POST',
    path: '/os-security-group-rules',
    body: RuleBody,
    async handler({ app, context, request, body, version }) {
      assertProxy(version);
      const caller = { app, context, request };
      const asked = body.security_group_rule;
      await groupById(caller, asked.parent_group_id);
      if (asked.group_id) await groupById(caller, asked.group_id);
      const rule = { security_group_rule: neutronRule(asked) };
      const made = await asNova({ 409: 400 }, () =>
        networkCall(caller, 'POST', '/security-group-rules', { body: rule }),
      );
      const { id } = made.security_group_rule as { id: string };
      const group = (await viewGroup(caller, asked.parent_group_id)) as { rules: { id: string }[] };
      return ok({ security_group_rule: group.rules.find((one) => one.id === id) ?? {} });
    },
  }),
  route({
    operation: 'security-group-rules:delete',
    method: 'DELETE',
    path: '/os-security-group-rules/:rule_id',
    params: RuleParams,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      assertId(params.rule_id);
      await networkCall({ app, context, request }, 'DELETE', `/security-group-rules/${params.rule_id}`);
      return accepted();
    },
  }),
];

export const securityGroupRoutes: Route[] = [...groupRoutes, ...ruleRoutes];
