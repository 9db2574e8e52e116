import { Type } from 'typebox';
import type { Context } from '../../http/context.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { assertProxy, networkCall, type Json } from './network-call.ts';

const Params = Strict({ network_id: Type.String() });

const FIELDS = 'cidr netmask gateway broadcast dns1 dns2 cidr_v6 gateway_v6 netmask_v6'.split(' ');
const ADMIN_FIELDS = (
  'created_at updated_at deleted_at deleted injected bridge vlan vpn_public_address vpn_public_port ' +
  'vpn_private_address dhcp_start project_id host bridge_interface multi_host priority rxtx_base mtu dhcp_server ' +
  'enable_dhcp share_address'
).split(' ');

/** Of what nova-network had, only name and id are left: https://docs.openstack.org/api-ref/compute/#networks-os-networks-deprecated */
function view(network: Json, context: Context): Json {
  const names = context.isAdmin ? [...FIELDS, ...ADMIN_FIELDS] : FIELDS;
  return { ...Object.fromEntries(names.map((name) => [name, null])), id: network.id, label: network.name };
}

/** The text `None` is what clients have always got here. */
const tenantView = (network: Json): Json => ({ id: network.id, cidr: 'None', label: network.name });

function pair(path: string, operation: string, show: (network: Json, context: Context) => Json): Route[] {
  return [
    route({
      operation: `${operation}:list`,
      method: 'GET',
      path,
      async handler({ app, context, request, version }) {
        assertProxy(version);
        const { networks } = await networkCall({ app, context, request }, 'GET', '/networks');
        return ok({ networks: (networks as Json[]).map((network) => show(network, context)) });
      },
    }),
    route({
      operation: `${operation}:show`,
      method: 'GET',
      path: `${path}/:network_id`,
      params: Params,
      async handler({ app, context, request, params, version }) {
        assertProxy(version);
        const { network } = await networkCall({ app, context, request }, 'GET', `/networks/${params.network_id}`);
        return ok({ network: show(network as Json, context) });
      },
    }),
  ];
}

export const networkProxyRoutes: Route[] = [
  ...pair('/os-networks', 'networks', view),
  ...pair('/os-tenant-networks', 'tenant-networks', tenantView),
];
