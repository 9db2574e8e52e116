import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, networkCloud } from './testing.ts';

test('a router gets interfaces, a gateway and routes, and holds on to what is needed', async (t) => {
  const api = await networkCloud(t);
  const external = await api.external();
  const { network, subnet } = await api.network('10.0.0.0/24');
  const router = await api.make('routers', 'router', {
    name: 'r',
    external_gateway_info: { network_id: external.network.id },
  });
  assert.deepEqual(router.external_gateway_info, {
    network_id: external.network.id,
    enable_snat: true,
    qos_policy_id: null,
    external_fixed_ips: [{ subnet_id: external.subnet.id, ip_address: '192.0.2.10' }],
  });
  const action = (verb: string, body: object, as: 'member' | 'other' = 'member') =>
    api.put(`routers/${router.id}/${verb}_router_interface`, body, as);
  const added = await action('add', { subnet_id: subnet.id });
  assert.deepEqual([added.status, added.body.subnet_ids], [200, [subnet.id]]);
  const port = (await api.get(`ports/${added.body.port_id}`)).body.port;
  assert.deepEqual(
    [port.device_owner, port.fixed_ips[0].ip_address, port.security_groups],
    ['network:router_interface', '10.0.0.1', []],
  );
  failed(await action('add', { subnet_id: subnet.id }), 400, 'BadRequest');
  failed(await action('add', {}), 400, 'BadRequest');
  failed(await action('add', { subnet_id: network.id }), 404, 'SubnetNotFound');
  failed(await action('add', { subnet_id: subnet.id }, 'other'), 404, 'RouterNotFound');
  failed(await action('remove', { subnet_id: external.subnet.id }), 404, 'RouterInterfaceNotFoundForSubnet');
  const overlapping = await api.network('10.0.0.0/25');
  failed(await action('add', { subnet_id: overlapping.subnet.id }), 400, 'BadRequest');
  failed(await api.del(`ports/${port.id}`), 409, 'ServicePortInUse');
  failed(await api.del(`routers/${router.id}`), 409, 'RouterInUse');
  failed(await api.del(`subnets/${subnet.id}`), 409, 'SubnetInUse');

  const routes = (list: object[]) => api.put(`routers/${router.id}`, { router: { routes: list } });
  const route = { destination: '10.9.0.0/16', nexthop: '10.0.0.50' };
  assert.deepEqual((await routes([route])).body.router.routes, [route]);
  failed(await routes([{ ...route, nexthop: '10.8.0.1' }]), 400, 'InvalidRoutes');
  failed(await routes([{ ...route, nexthop: '10.0.0.1' }]), 400, 'InvalidRoutes');
  failed(await action('remove', { subnet_id: subnet.id }), 409, 'RouterInterfaceInUseByRoute');
  const more = { destination: '10.8.0.0/16', nexthop: '10.0.0.51' };
  const extra = (verb: string, list: object[]) =>
    api.put(`routers/${router.id}/${verb}_extraroutes`, { router: { routes: list } });
  assert.equal((await extra('add', [more, route])).body.router.routes.length, 2);
  assert.deepEqual((await extra('remove', [more, route])).body.router.routes, []);

  assert.equal((await action('remove', { subnet_id: subnet.id })).status, 200);
  assert.equal(
    (await api.put(`routers/${router.id}`, { router: { external_gateway_info: {} } })).body.router
      .external_gateway_info,
    null,
  );
  assert.equal((await api.del(`routers/${router.id}`)).status, 204);
  const left = await api.get(
    'ports?device_owner=network:router_gateway&device_owner=network:router_interface',
    undefined,
    'admin',
  );
  assert.deepEqual(left.body.ports, []);
});

test('a router takes a port of the user as its interface', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const router = await api.make('routers', 'router', {});
  const port = await api.make('ports', 'port', { network_id: network.id });
  const body = { port_id: port.id };
  assert.equal((await api.put(`routers/${router.id}/add_router_interface`, body)).status, 200);
  const shown = (await api.get(`ports/${port.id}`)).body.port;
  assert.deepEqual([shown.device_owner, shown.device_id], ['network:router_interface', router.id]);
  const second = await api.make('routers', 'router', {});
  failed(await api.put(`routers/${second.id}/add_router_interface`, body), 409, 'PortInUse');
  assert.equal((await api.put(`routers/${router.id}/remove_router_interface`, body)).body.port_id, port.id);
  failed(await api.get(`ports/${port.id}`), 404, 'PortNotFound');
});

test('gateways: external networks alone, and details for administrators', async (t) => {
  const api = await networkCloud(t);
  const external = await api.external();
  const { network } = await api.network();
  const router = await api.make('routers', 'router', {});
  const gateway = (info: object | null, as: 'member' | 'admin' = 'member') =>
    api.put(`routers/${router.id}`, { router: { external_gateway_info: info } }, as);
  failed(await gateway({ network_id: network.id }), 400, 'BadRequest');
  failed(await gateway({ network_id: router.id }), 404, 'NetworkNotFound');
  failed(await gateway({ network_id: external.network.id, enable_snat: false }), 403, 'PolicyNotAuthorized');
  const wish = {
    network_id: external.network.id,
    enable_snat: false,
    external_fixed_ips: [{ ip_address: '192.0.2.200' }],
  };
  const set = (await gateway(wish, 'admin')).body.router.external_gateway_info;
  assert.deepEqual([set.enable_snat, set.external_fixed_ips[0].ip_address], [false, '192.0.2.200']);
  failed(await api.del(`networks/${external.network.id}`, undefined, 'admin'), 409, 'NetworkInUse');
  assert.equal((await gateway(null)).body.router.external_gateway_info, null);
});

test('a floating address is taken, pointed at a port, moved and given back', async (t) => {
  const api = await networkCloud(t);
  const external = await api.external({ start: '192.0.2.10', end: '192.0.2.12' });
  const { network, subnet } = await api.network();
  const port = await api.make('ports', 'port', { network_id: network.id });
  const input = { floating_network_id: external.network.id };
  const create = (body: object, as: 'member' | 'admin' = 'member') =>
    api.post('floatingips', { floatingip: { ...input, ...body } }, as);
  failed(await create({ port_id: port.id }), 404, 'ExternalGatewayForFloatingIPNotFound');
  failed(await create({ floating_network_id: network.id }), 400, 'BadRequest');
  failed(await create({ floating_ip_address: '192.0.2.50' }), 403, 'PolicyNotAuthorized');
  assert.equal(
    (await create({ floating_ip_address: '192.0.2.50' }, 'admin')).body.floatingip.floating_ip_address,
    '192.0.2.50',
  );
  const router = await api.make('routers', 'router', { external_gateway_info: { network_id: external.network.id } });
  await api.put(`routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const first = (await create({ port_id: port.id })).body.floatingip;
  assert.deepEqual(
    [first.status, first.fixed_ip_address, first.router_id, first.port_details.mac_address],
    ['ACTIVE', port.fixed_ips[0].ip_address, router.id, port.mac_address],
  );
  const second = (await create({})).body.floatingip;
  assert.deepEqual([second.status, second.port_id, second.port_details], ['DOWN', null, null]);
  const point = (id: string, body: object, as: 'member' | 'other' = 'member') =>
    api.put(`floatingips/${id}`, { floatingip: body }, as);
  failed(await point(second.id, { port_id: port.id }), 409, 'FloatingIPPortAlreadyAssociated');
  failed(await point(second.id, { port_id: port.id }, 'other'), 404, 'FloatingIPNotFound');
  failed(await point(second.id, { port_id: router.id }), 404, 'PortNotFound');
  failed(await create({}), 409, 'IpAddressGenerationFailure');
  const interfaces = `routers/${router.id}/remove_router_interface`;
  failed(await api.put(interfaces, { subnet_id: subnet.id }), 409, 'RouterInterfaceInUseByFloatingIP');
  const none = { router: { external_gateway_info: null } };
  failed(await api.put(`routers/${router.id}`, none), 409, 'RouterExternalGatewayInUseByFloatingIp');
  assert.equal((await point(first.id, { port_id: null })).body.floatingip.status, 'DOWN');
  assert.equal((await point(second.id, { port_id: port.id })).body.floatingip.status, 'ACTIVE');
  await api.del(`ports/${port.id}`);
  assert.equal((await api.get(`floatingips/${second.id}`)).body.floatingip.port_id, null);
  assert.equal((await api.del(`floatingips/${first.id}`)).status, 204);
  assert.equal((await create({})).status, 201);
});
