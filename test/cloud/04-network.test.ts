import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, does, lists, refuses, shows } from './client.ts';

const ADMIN = 'potluck';
const DEMO = 'potluck-demo';

test('networks and subnets, IPv4 and IPv6', async () => {
  const network = await shows(DEMO, 'network create t-net');
  assert.equal(network.status, 'ACTIVE');
  const four = await shows(
    DEMO,
    'subnet create t-four --network t-net --subnet-range 10.77.0.0/24 --allocation-pool start=10.77.0.50,end=10.77.0.60 --dns-nameserver 9.9.9.9',
  );
  assert.equal(four.gateway_ip, '10.77.0.1');
  const six = await shows(
    DEMO,
    'subnet create t-six --network t-net --ip-version 6 --subnet-range fd77::/64 --ipv6-ra-mode slaac --ipv6-address-mode slaac',
  );
  assert.equal(six.ip_version, 6);
  assert.match(await refuses(DEMO, 'subnet create t-clash --network t-net --subnet-range 10.77.0.128/25'), /overlap/i);
  await does(DEMO, 'subnet set --name t-quatre t-four');
  assert.equal((await shows(DEMO, 'subnet show t-quatre')).id, four.id);
});

test('ports get addresses from the pool, and keep what they were given', async () => {
  const port = await shows(DEMO, 'port create t-port --network t-net');
  const address = (port.fixed_ips as { ip_address: string }[]).find((ip) => ip.ip_address.startsWith('10.77.0.'));
  assert.match(address?.ip_address ?? '', /^10\.77\.0\.(5\d|60)$/);
  const chosen = await shows(DEMO, 'port create t-chosen --network t-net --fixed-ip ip-address=10.77.0.99');
  assert.ok(JSON.stringify(chosen.fixed_ips).includes('10.77.0.99'));
  assert.match(
    await refuses(DEMO, 'port create t-twice --network t-net --fixed-ip ip-address=10.77.0.99'),
    /409|already allocated|in use/i,
  );
  assert.match(await refuses(DEMO, 'network delete t-net'), /409|in use|one or more ports/i);
});

test('routers, floating IPs, and what may not be deleted under them', async () => {
  await does(DEMO, 'router create t-router');
  await does(DEMO, 'router add subnet t-router t-quatre');
  await does(DEMO, 'router set --external-gateway public t-router');
  const router = await shows(DEMO, 'router show t-router');
  assert.match(JSON.stringify(router.external_gateway_info), /172\.24\.4\./);
  const floating = await shows(DEMO, 'floating ip create public');
  await does(DEMO, `floating ip set --port t-port ${floating.floating_ip_address}`);
  assert.equal(
    (await shows(DEMO, `floating ip show ${floating.id}`)).port_id,
    (await shows(DEMO, 'port show t-port')).id,
  );
  assert.match(await refuses(DEMO, 'router unset --external-gateway t-router'), /409|required|floating/i);
  await does(DEMO, `floating ip unset --port ${floating.id}`);
  await does(DEMO, `floating ip delete ${floating.id}`);
  assert.match(await refuses(DEMO, 'router delete t-router'), /409|in use|ports/i);
});

test('security groups and rules', async () => {
  await does(DEMO, 'security group create t-group --description', 'a test');
  const rule = await shows(
    DEMO,
    'security group rule create t-group --protocol tcp --dst-port 80:81 --remote-ip 192.0.2.0/24',
  );
  assert.equal(rule.port_range_min, 80);
  assert.match(
    await refuses(DEMO, 'security group rule create t-group --protocol tcp --dst-port 80:81 --remote-ip 192.0.2.0/24'),
    /409|exists/i,
  );
  assert.match(
    await refuses(DEMO, 'security group rule create t-group --protocol tcp --dst-port 70000'),
    /400|invalid|range/i,
  );
  await does(DEMO, `port set --security-group t-group t-port`);
  assert.match(await refuses(DEMO, 'security group delete t-group'), /409|in use/i);
  await does(DEMO, 'port unset --security-group t-group t-port');
  await does(DEMO, `security group rule delete ${rule.id}`);
  await does(DEMO, 'security group delete t-group');
});

test('quotas hold, and only an admin changes them', async () => {
  const project = (await shows(DEMO, 'token issue')).project_id as string;
  assert.notEqual((await attempt(DEMO, `quota set --networks 99 ${project}`)).code, 0);
  const before = (await lists(DEMO, 'network list --internal')).length;
  await does(ADMIN, `quota set --networks ${before} ${project}`);
  assert.match(await refuses(DEMO, 'network create t-too-many'), /quota/i);
  await does(ADMIN, `quota set --networks 100 ${project}`);
});

test('all of it can be deleted', async () => {
  await does(DEMO, 'router remove subnet t-router t-quatre');
  await does(DEMO, 'router delete t-router');
  await does(DEMO, 'port delete t-port t-chosen');
  await does(DEMO, 'subnet delete t-six t-quatre');
  await does(DEMO, 'network delete t-net');
  assert.ok(!(await lists(DEMO, 'network list')).some((network) => network.Name === 't-net'));
});
