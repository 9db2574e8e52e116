import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { does, run, serverBecomes, shows, ssh, sshOutput, until } from './client.ts';

const DEMO = 'potluck-demo';
const directory = mkdtempSync(join(tmpdir(), 'potluck-guests-'));
after(() => rmSync(directory, { recursive: true }));

interface Guest {
  name: string;
  fixed: string;
  floating: string;
}

async function create(name: string, ...options: string[]): Promise<Guest> {
  await does(DEMO, `server create ${name} --image tiny --flavor tiny --network demo --key-name demo`, ...options);
  const server = await serverBecomes(name, 'ACTIVE');
  const fixed = (Object.values(server.addresses)[0] as string[]).find((one) => !one.includes(':')) ?? '';
  const floating = (await shows(DEMO, 'floating ip create public')).floating_ip_address as string;
  await does(DEMO, `server add floating ip ${name} ${floating}`);
  return { name, fixed, floating };
}

/** Whether a TCP port takes connections within two seconds. */
function open(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

let drive: Guest;
let web: Guest;

test('user-data runs once, from a config drive and from the metadata service', async () => {
  const script = join(directory, 'user-data');
  writeFileSync(script, '#!/bin/sh\necho ran >> /tmp/user-data-ran\nhttpd -p 8080 -h /tmp\n');
  drive = await create('t-drive', '--config-drive', 'True', '--user-data', script);
  web = await create('t-web', '--config-drive', 'False', '--user-data', script);
  for (const guest of [drive, web]) {
    assert.equal(await sshOutput(guest.floating, 'hostname'), guest.name);
    await until(
      `user-data of ${guest.name}`,
      () => ssh(guest.floating, 'cat /tmp/user-data-ran'),
      ({ stdout }) => stdout.trim() === 'ran',
    );
  }
});

test('the metadata service speaks OpenStack and EC2, of the guest that asks', async () => {
  for (const guest of [drive, web]) {
    const meta = await sshOutput(guest.floating, 'wget -qO- http://169.254.169.254/openstack/latest/meta_data.json');
    const server = await shows(DEMO, `server show ${guest.name}`);
    assert.equal((JSON.parse(meta) as { uuid: string }).uuid, server.id);
    const ec2 = 'wget -qO- http://169.254.169.254/latest/meta-data/local-ipv4';
    assert.equal(await sshOutput(guest.floating, ec2), guest.fixed);
  }
});

test('a guest reaches out through the router', async () => {
  const { code } = await run('sh', ['-c', 'ip addr show dev br-ex | grep -q 172.24.4.1/']);
  assert.equal(code, 0);
  await sshOutput(drive.floating, 'ping -c 1 -W 5 172.24.4.1');
});

test('a port that no rule opens is closed, from another guest and from outside', async () => {
  assert.equal(await open(drive.floating, 22), true);
  assert.equal(await open(drive.floating, 8080), false);
  const fetchWeb = `timeout 3 wget -q -O /dev/null http://${web.fixed}:8080/user-data-ran && echo fetched || echo closed`;
  assert.equal(await sshOutput(drive.floating, fetchWeb), 'fetched');
  await does(DEMO, 'security group create t-closed');
  await does(DEMO, 'security group rule create t-closed --protocol tcp --dst-port 22');
  await does(DEMO, 'server add security group t-web t-closed');
  await does(DEMO, 'server remove security group t-web default');
  await until(
    't-web is closed to t-drive',
    () => sshOutput(drive.floating, fetchWeb),
    (answer) => answer === 'closed',
    30,
  );
  assert.equal(await open(web.floating, 8080), false);
  await does(DEMO, 'security group rule create t-closed --protocol tcp --dst-port 8080');
  await until(
    't-web opens to the outside',
    () => open(web.floating, 8080),
    (answer) => answer,
    30,
  );
  assert.equal(await sshOutput(drive.floating, fetchWeb), 'fetched');
});

test('QEMU runs unprivileged and in its sandbox', async () => {
  const { stdout } = await run('ps', ['-eo', 'user:32,args']);
  const machines = stdout.split('\n').filter((line) => line.includes('qemu-system') && line.includes('guest=potluck-'));
  assert.ok(machines.length >= 3);
  for (const line of machines) {
    assert.match(line, /^potluck-qemu /);
    assert.match(line, /-sandbox on/);
  }
});

test('a server whose QEMU died shows SHUTOFF with a reason, and starts again', async () => {
  const server = await shows(DEMO, 'server show t-drive');
  const { stdout } = await run('pgrep', ['-f', `qemu-system.*${server.id}`]);
  process.kill(Number(stdout.trim().split('\n')[0]), 'SIGKILL');
  await serverBecomes('t-drive', 'SHUTOFF');
  const { stdout: why } = await run(join(import.meta.dirname, '../../potluck'), ['explain', server.id as string]);
  assert.match(why, /QEMU/);
  await does(DEMO, 'server start t-drive');
  await serverBecomes('t-drive', 'ACTIVE');
  assert.equal(await sshOutput(drive.floating, 'hostname'), 't-drive');
});

test('all is deleted', async () => {
  await does(DEMO, `floating ip delete ${drive.floating} ${web.floating}`);
  await does(DEMO, 'server delete --wait t-drive t-web');
  await does(DEMO, 'security group delete t-closed');
});
