import { isService, type Index } from './lookup.ts';
import { add, routerPortName, type NbRows, type Plan } from './model.ts';
import type { FloatingIpRow, NetworkRow, PortRow, RouterRow } from './rows.ts';

/** Where a floating address and its router's own both match, the floating address decides. */
const PORT_PRIORITY = 2002;
const ROUTER_PRIORITY = 2001;
const FLOATING_PRIORITY = 2003;
/** Of the rate, when nobody says how much may pass at once: what Neutron found to suit TCP. */
const BURST_SHARE = 0.8;

type Direction = NbRows['QoS']['direction'];

interface Effect {
  bandwidth: Record<string, number>;
  action: Record<string, number>;
}

/** What a policy does to traffic of one direction, seen from the server; null for nothing. */
function effectOf(index: Index, policyId: string | null, direction: 'egress' | 'ingress'): Effect | null {
  const effect: Effect = { bandwidth: {}, action: {} };
  for (const rule of index.qosRulesOf.get(policyId ?? '') ?? []) {
    if (rule.direction !== direction) continue;
    if (rule.kind === 'dscp_marking' && rule.dscp_mark !== null) effect.action = { dscp: rule.dscp_mark };
    // OVN's rates begin at 1; a limit of 0 is none, as with Neutron's other drivers.
    if (rule.kind === 'bandwidth_limit' && rule.kbps !== null && rule.kbps > 0) {
      const burst = rule.burst_kbits ? rule.burst_kbits : Math.max(1, Math.round(rule.kbps * BURST_SHARE));
      effect.bandwidth = { rate: rule.kbps, burst };
    }
  }
  return Object.keys(effect.bandwidth).length + Object.keys(effect.action).length === 0 ? null : effect;
}

/** The guaranteed rate of a port in bits per second, or null. */
export function minimumRate(index: Index, network: NetworkRow, port: PortRow): number | null {
  const rules = index.qosRulesOf.get(policyOf(network, port) ?? '') ?? [];
  const rule = rules.find((one) => one.kind === 'minimum_bandwidth' && one.direction === 'egress');
  return rule?.kbps ? rule.kbps * 1000 : null;
}

const policyOf = (network: NetworkRow, port: PortRow): string | null =>
  isService(port) ? null : (port.qos_policy_id ?? network.qos_policy_id);

/** The limits and marks of a switch: of its ports, and on an external network of routers' and floating addresses. */
export function planQos(plan: Plan, index: Index, network: NetworkRow): string[] {
  if (index.rows.qosRules.length === 0) return [];
  const keys: string[] = [];
  const put = (key: string, direction: Direction, priority: number, match: string, effect: Effect | null) => {
    if (effect)
      keys.push(add(plan, 'QoS', `${key} ${direction}`, { direction, priority, match, ...effect, external_ids: {} }));
  };
  for (const port of index.portsOf.get(network.id) ?? []) {
    const policy = policyOf(network, port);
    if (policy === null || !plan.Logical_Switch_Port.has(port.id)) continue;
    put(port.id, 'from-lport', PORT_PRIORITY, `inport == "${port.id}"`, effectOf(index, policy, 'egress'));
    put(port.id, 'to-lport', PORT_PRIORITY, `outport == "${port.id}"`, effectOf(index, policy, 'ingress'));
  }
  const outside = (key: string, priority: number, gateway: string, policy: string | null, address: string) => {
    const ip = address.includes(':') ? 'ip6' : 'ip4';
    // Counted once, on the host where the router's gateway is.
    const here = `is_chassis_resident("cr-${routerPortName(gateway)}")`;
    const from = `inport == "${gateway}" && ${ip}.src == ${address} && ${here}`;
    const to = `outport == "${gateway}" && ${ip}.dst == ${address} && ${here}`;
    put(key, 'from-lport', priority, from, effectOf(index, policy, 'egress'));
    put(key, 'to-lport', priority, to, effectOf(index, policy, 'ingress'));
  };
  for (const { router, gateway } of gatewaysOn(index, network)) {
    const policy = router.gateway_qos_policy_id;
    if (policy !== null) {
      for (const { address } of index.addressesOf.get(gateway.id) ?? []) {
        outside(`${router.id} ${address}`, ROUTER_PRIORITY, gateway.id, policy, address);
      }
    }
    for (const floating of index.floatingOf.get(router.id) ?? []) limitFloating(floating, gateway);
  }
  return keys;

  function limitFloating(floating: FloatingIpRow, gateway: PortRow): void {
    if (floating.qos_policy_id === null) return;
    outside(floating.id, FLOATING_PRIORITY, gateway.id, floating.qos_policy_id, floating.floating_ip_address);
  }
}

function gatewaysOn(index: Index, network: NetworkRow): { router: RouterRow; gateway: PortRow }[] {
  return index.rows.routers.flatMap((router) => {
    const gateway = index.ports.get(router.gateway_port_id ?? '');
    return gateway?.network_id === network.id ? [{ router, gateway }] : [];
  });
}
