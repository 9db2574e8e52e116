import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { does, lists, potluck, serverBecomes, shows, ssh, sshOutput, until, type Outcome } from './client.ts';
import { BEGINNING, commands, runAsOperator } from './pages.ts';

const DEMO = 'potluck-demo';
const BACKUP_PAGE = 'docs/operate/backup.md';
/** As the page names it. */
const BACKUP = '/srv/backups/2026-01-31';

interface Kept {
  id: string;
  kind: string;
  name: string | null;
  image: { id: string; status: string } | null;
  reason: string | null;
}

const succeeded = ({ code, stdout, stderr }: Outcome) => assert.equal(code, 0, stdout + stderr);

async function kept(): Promise<Kept[]> {
  const { code, stdout, stderr } = await potluck(['host', 'kept', '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Kept[];
}

async function create(name: string, image: string): Promise<{ id: string; floating: string }> {
  await does(DEMO, `server create ${name} --image ${image} --flavor tiny --network demo --key-name demo`);
  const { id } = await serverBecomes(name, 'ACTIVE');
  const floating = (await shows(DEMO, 'floating ip create public')).floating_ip_address as string;
  await does(DEMO, `server add floating ip ${name} ${floating}`);
  return { id: id as string, floating };
}

let hello = '';
const bootOf = async () => (await ssh(hello, 'cat /proc/sys/kernel/random/boot_id')).stdout.trim();

before(async () => {
  rmSync(BACKUP, { recursive: true, force: true });
  const addresses = Object.values((await shows(DEMO, 'server show hello')).addresses).flat() as string[];
  hello = addresses.find((address) => address.startsWith('172.24.4.')) ?? '';
  // Another test's guests may be on their way out.
  await until(
    'hello alone',
    () => lists(DEMO, 'server list'),
    (found) => found.length === 1,
  );
});
after(() => rmSync(BACKUP, { recursive: true, force: true }));

test('a backup of the cloud is put back under servers that run, and what was made since is not lost', async () => {
  const boot = await bootOf();
  assert.notEqual(boot, '');
  succeeded(await runAsOperator(commands(BACKUP_PAGE, BEGINNING)));
  const newer = await create('t-newer', 'tiny');
  await sshOutput(newer.floating, 'echo precious > /state/made-since && sync');
  const { id: volume } = await shows(DEMO, 'volume create --size 1 t-newer');
  await until(
    'the volume',
    () => shows(DEMO, `volume show ${String(volume)}`),
    ({ status }) => status === 'available',
  );

  succeeded(await runAsOperator(commands(BACKUP_PAGE, 'Restore')));
  assert.equal(await bootOf(), boot, 'hello ran on through it');
  assert.deepEqual(
    (await lists(DEMO, 'server list')).map((one) => [one.Name, one.Status]),
    [['hello', 'ACTIVE']],
  );
  await until(
    'hello answers',
    () => ssh(hello, 'true'),
    ({ code }) => code === 0,
  );

  const entries = await until('what is kept', kept, (found) => found.length === 2 && found[0]?.name === 't-newer');
  assert.deepEqual(
    entries.map((one) => [one.kind, one.id]),
    [
      ['server', newer.id],
      ['volume', volume],
    ],
  );
  const disks = `/var/lib/potluck/host/servers/${newer.id}`;
  assert.ok(existsSync(disks));
  succeeded(await potluck(['host', 'adopt', newer.id, '--name', 't-found']));
  const made = await until('its image', kept, ([one]) => one?.image?.status === 'active' || one?.reason !== null, 120);
  assert.equal(made[0]?.reason, null);
  const found = await create('t-again', made[0]?.image?.id ?? '');
  assert.equal(await sshOutput(found.floating, 'cat /state/made-since'), 'precious');
  succeeded(await potluck(['host', 'forget', newer.id]));
  await until(
    'its disk to go',
    async () => existsSync(disks),
    (there) => !there,
  );
  succeeded(await potluck(['host', 'adopt', String(volume), '--project', 'demo', '--name', 't-volume']));
  assert.deepEqual(await kept(), []);

  await does(DEMO, `floating ip delete ${found.floating}`);
  await does(DEMO, 'server delete --wait t-again');
  await does(DEMO, 'image delete t-found');
  await does(DEMO, 'volume delete t-volume');
});

test('the doctor knows of the backup, and the pages of the doctor and of upgrades work as they are written', async () => {
  const boot = await bootOf();
  const told = await runAsOperator(commands('docs/operate/doctor.md'));
  succeeded(told);
  assert.match(told.stdout, new RegExp(`good +backup: .*${BACKUP}`));
  assert.match(told.stdout, /good +host .*: reports/);
  succeeded(await runAsOperator(commands('docs/operate/upgrade.md')));
  assert.equal(await bootOf(), boot);
});
