import { BASE_ACLS, DROP_GROUP, ruleAcl } from './acl.ts';
import { byKey, isProtected, type Index } from './lookup.ts';
import { fromJson } from '../../store/json.ts';
import { add, addressSetName, groupName, type Plan } from './model.ts';
import type { RuleRow } from './rows.ts';

/**
 * Port groups and their ACLs. Only groups that a port uses, or that a rule of such a group names, are made: the
 * others, every project's unused default group among them, would only be carried along.
 */
export function planSecurity(plan: Plan, index: Index): void {
  const { rows } = index;
  const members = byKey(
    rows.memberships.filter(({ port_id: id }) => {
      const port = index.ports.get(id);
      return port !== undefined && isProtected(port) && plan.Logical_Switch_Port.has(id);
    }),
    (one) => one.security_group_id,
  );
  const rules = byKey(rows.rules, (rule) => rule.security_group_id);
  const groups = new Map(rows.groups.map((group) => [group.id as string, group]));
  const wanted = new Set(members.keys());
  for (const id of members.keys()) {
    for (const { remote_group_id: remote } of rules.get(id) ?? []) if (remote !== null) wanted.add(remote);
  }
  for (const id of wanted) {
    const group = groups.get(id);
    if (group === undefined) continue;
    const used = members.get(id);
    add(plan, 'Port_Group', id, {
      name: groupName(id),
      ports: (used ?? []).map((one) => one.port_id),
      acls: (used ? (rules.get(id) ?? []) : [])
        .filter((rule) => rule.remote_group_id === null || groups.has(rule.remote_group_id))
        .map((rule) =>
          add(plan, 'ACL', rule.id, {
            ...ruleAcl(rule, group.stateful === 1),
            external_ids: { 'neutron:security_group_rule_id': rule.id },
          }),
        ),
      external_ids: { 'neutron:security_group_id': id },
    });
  }
  planAddressSets(
    plan,
    index,
    [...members.keys()].flatMap((id) => rules.get(id) ?? []),
  );
  planDropGroup(plan, index);
}

/** The address groups that rules in use name, one set for each IP version. */
function planAddressSets(plan: Plan, index: Index, rules: readonly RuleRow[]): void {
  const used = new Set(rules.flatMap((rule) => rule.remote_address_group_id ?? []));
  for (const { id, addresses } of index.rows.addressGroups) {
    if (!used.has(id)) continue;
    const all = fromJson<string[]>(addresses);
    for (const version of [4, 6] as const) {
      const name = addressSetName(id, version);
      add(plan, 'Address_Set', name, {
        name,
        addresses: all.filter((address) => address.includes(':') === (version === 6)),
        external_ids: { 'neutron:address_group_id': id },
      });
    }
  }
}

function planDropGroup(plan: Plan, index: Index): void {
  const ports = index.rows.ports.filter((port) => isProtected(port) && plan.Logical_Switch_Port.has(port.id));
  if (ports.length === 0) return;
  add(plan, 'Port_Group', DROP_GROUP, {
    name: DROP_GROUP,
    ports: ports.map((port) => port.id),
    acls: Object.entries(BASE_ACLS).map(([key, acl]) => add(plan, 'ACL', key, { ...acl, external_ids: {} })),
    external_ids: {},
  });
}
