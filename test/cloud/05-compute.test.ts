import assert from 'node:assert/strict';
import { test } from 'node:test';
import { does, lists, refuses, serverBecomes, shows, ssh, sshOutput, until } from './client.ts';

const ADMIN = 'potluck';
const DEMO = 'potluck-demo';

/** The floating address that the tests put on their server. */
let address = '';

test('a server is created with key, metadata and user-data', async () => {
  await does(
    DEMO,
    'server create t-one --image tiny --flavor tiny --network demo --key-name demo --property colour=blue --wait',
  );
  const server = await serverBecomes('t-one', 'ACTIVE');
  assert.match(String(JSON.stringify(server.properties)), /blue/);
  address = (await shows(DEMO, 'floating ip create public')).floating_ip_address as string;
  await does(DEMO, `server add floating ip t-one ${address}`);
  assert.equal(await sshOutput(address, 'hostname'), 't-one');
});

test('the serial log and the console URL', async () => {
  await until(
    'the log shows the login prompt',
    () => does(DEMO, 'console log show t-one'),
    (log) => log.includes('login:'),
  );
  assert.equal((await does(DEMO, 'console log show --lines 2 t-one')).trim().split('\n').length <= 2, true);
  const { url } = await shows(DEMO, 'console url show t-one');
  const page = await fetch(url as string);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /html/);
  // What noVNC does on that page: the greeting of RFC 6143 comes from QEMU through the agent's tunnel.
  const address = new URL(url as string);
  const socket = new WebSocket(
    new URL(address.searchParams.get('path') ?? '', address.origin.replace('http', 'ws')),
    'binary',
  );
  socket.binaryType = 'arraybuffer';
  const greeting = await new Promise<string>((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(Buffer.from(data as ArrayBuffer).toString());
    socket.onclose = () => reject(new Error('the console closed without a word'));
  });
  assert.match(greeting, /^RFB 003\.008/);
  socket.close();
});

test('stop and start, reboot soft and hard', async () => {
  await does(DEMO, 'server stop t-one');
  await serverBecomes('t-one', 'SHUTOFF');
  assert.match(await refuses(DEMO, 'server stop t-one'), /409|vm_state/);
  await does(DEMO, 'server start t-one');
  await serverBecomes('t-one', 'ACTIVE');
  const boot = () => sshOutput(address, 'cat /proc/sys/kernel/random/boot_id');
  const first = await boot();
  await does(DEMO, 'server reboot --soft t-one');
  await serverBecomes('t-one', 'ACTIVE');
  const second = await until('another boot', boot, (id) => id !== first);
  await does(DEMO, 'server reboot --hard t-one');
  await serverBecomes('t-one', 'ACTIVE');
  await until('a third boot', boot, (id) => id !== second && id !== first);
});

test('pause and unpause, suspend and resume keep the memory', async () => {
  await sshOutput(address, 'echo kept > /tmp/kept');
  await does(DEMO, 'server pause t-one');
  await serverBecomes('t-one', 'PAUSED');
  assert.equal((await ssh(address, 'true')).code, 255);
  await does(DEMO, 'server unpause t-one');
  await serverBecomes('t-one', 'ACTIVE');
  await does(DEMO, 'server suspend t-one');
  await serverBecomes('t-one', 'SUSPENDED');
  await does(DEMO, 'server resume t-one');
  await serverBecomes('t-one', 'ACTIVE');
  assert.equal(await sshOutput(address, 'cat /tmp/kept'), 'kept');
});

test('a locked server is left alone', async () => {
  await does(DEMO, 'server lock t-one');
  assert.match(await refuses(DEMO, 'server stop t-one'), /locked/i);
  await does(DEMO, 'server unlock t-one');
});

test('resize and revert, resize and confirm', async () => {
  const memory = async () => Number(await sshOutput(address, "awk '/MemTotal/ {print $2}' /proc/meminfo"));
  const small = await memory();
  await does(DEMO, 'server resize --flavor small t-one');
  await serverBecomes('t-one', 'VERIFY_RESIZE', 150);
  assert.ok((await memory()) > small * 3);
  await does(DEMO, 'server resize revert t-one');
  await serverBecomes('t-one', 'ACTIVE', 150);
  assert.equal(await memory(), small);
  await does(DEMO, 'server resize --flavor small t-one');
  await serverBecomes('t-one', 'VERIFY_RESIZE', 150);
  await does(DEMO, 'server resize confirm t-one');
  await serverBecomes('t-one', 'ACTIVE');
  assert.ok((await memory()) > small * 3);
});

test('rebuild makes the disk anew and keeps the addresses', async () => {
  const before = await shows(DEMO, 'server show t-one');
  await does(DEMO, 'server rebuild t-one');
  const after = await serverBecomes('t-one', 'ACTIVE', 150);
  assert.deepEqual(after.addresses, before.addresses);
  assert.equal(await sshOutput(address, 'hostname'), 't-one');
});

test('name, metadata and tags', async () => {
  await does(DEMO, '--os-compute-api-version 2.26 server set --name t-uno --property colour=red --tag x t-one');
  assert.match(JSON.stringify((await shows(DEMO, 'server show t-uno')).properties), /red/);
  await does(DEMO, 'server unset --property colour t-uno');
  await does(DEMO, 'server set --name t-one t-uno');
});

test('what fits nowhere ends in ERROR with a reason', async () => {
  await does(ADMIN, 'flavor create t-huge --vcpus 1 --ram 9000000 --disk 1');
  const project = (await shows(DEMO, 'token issue')).project_id as string;
  await does(ADMIN, `quota set --ram 99999999 ${project}`);
  await does(DEMO, 'server create t-never --image tiny --flavor t-huge --network demo');
  const server = await serverBecomes('t-never', 'ERROR');
  assert.match(JSON.stringify(server.fault), /No valid host/);
  await does(DEMO, 'server delete t-never');
  await does(ADMIN, 'flavor delete t-huge');
});

test('bad input is told in words', async () => {
  assert.match(
    await refuses(DEMO, 'server create t-bad --image nothing --flavor tiny --network demo'),
    /No Image found|not find|could not be found/i,
  );
  assert.match(
    await refuses(DEMO, 'server create t-bad --image tiny --flavor tiny --network demo --key-name none'),
    /key/i,
  );
  assert.ok(!(await lists(DEMO, 'server list')).some((server) => server.Name === 't-bad'));
});

test('server groups, zones, hypervisors, services, flavors and keys', async () => {
  await does(DEMO, 'server group create --policy anti-affinity t-group');
  assert.equal((await shows(DEMO, 'server group show t-group')).policy, 'anti-affinity');
  await does(DEMO, 'server group delete t-group');
  assert.ok(
    (await lists(DEMO, 'availability zone list --compute')).some((zone) => zone['Zone Status'] === 'available'),
  );
  const hypervisors = await lists(ADMIN, 'hypervisor list');
  assert.equal(hypervisors.length, 1);
  assert.equal((await shows(ADMIN, `hypervisor show ${hypervisors[0]?.ID}`)).hypervisor_type, 'QEMU');
  assert.ok(
    (await lists(ADMIN, 'compute service list')).some((one) => one.Binary === 'nova-compute' && one.State === 'up'),
  );
  await does(ADMIN, 'flavor create t-flavor --vcpus 1 --ram 64 --disk 1 --property a:b=c');
  assert.match(JSON.stringify((await shows(ADMIN, 'flavor show t-flavor')).properties), /a:b/);
  await does(ADMIN, 'flavor delete t-flavor');
  assert.match(await does(DEMO, 'keypair create t-key'), /BEGIN [A-Z ]*PRIVATE KEY/);
  await does(DEMO, 'keypair delete t-key');
});

test('delete leaves no server, port or address behind', async () => {
  await does(DEMO, `floating ip delete ${address}`);
  await does(DEMO, 'server delete --wait t-one');
  assert.ok(!(await lists(DEMO, 'server list')).some((server) => server.Name === 't-one'));
  const ports = await lists(ADMIN, 'port list --device-owner compute:nova');
  assert.equal(ports.length, 1, 'only the port of hello is left');
});
