import type { Reader } from '../../store/store.ts';

const WITH_PORTS = new Set(['tcp', 'udp', '6', '17']);

/** What Nova's proxy writes for a protocol without ports: all of them, or -1 where there are none. */
function portsOf(rule: { protocol: string | null; port_range_min: number | null; port_range_max: number | null }) {
  const { protocol, port_range_min: min, port_range_max: max } = rule;
  if (protocol === null || min !== null || max !== null) return { from_port: min, to_port: max };
  return WITH_PORTS.has(protocol) ? { from_port: 1, to_port: 65535 } : { from_port: -1, to_port: -1 };
}

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
    .leftJoin('security_groups', 'security_groups.id', 'security_group_rules.remote_group_id')
    .select([
      'security_group_rules.id',
      'security_group_id',
      'protocol',
      'port_range_min',
      'port_range_max',
      'ethertype',
      'remote_ip_prefix',
      'remote_group_id',
      'security_groups.name as remote_name',
      'security_groups.project_id as remote_project',
    ])
    .where('security_group_id', 'in', [...ids])
    .where('direction', '=', 'ingress')
    .execute();
  const ofGroup = Map.groupBy(rules, (rule) => rule.security_group_id);
  return groups.map((group) => ({
    id: group.id,
    name: group.name,
    description: group.description,
    tenant_id: group.project_id,
    rules: (ofGroup.get(group.id) ?? []).map((rule) => ({
      id: rule.id,
      parent_group_id: group.id,
      ip_protocol: rule.protocol,
      ...portsOf(rule),
      group:
        rule.remote_group_id === null ? {} : { tenant_id: rule.remote_project ?? '', name: rule.remote_name ?? '' },
      ip_range:
        rule.remote_group_id === null
          ? { cidr: rule.remote_ip_prefix ?? (rule.ethertype === 'IPv6' ? '::/0' : '0.0.0.0/0') }
          : {},
    })),
  }));
}
