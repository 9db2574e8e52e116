import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { login, type Api } from '../../test/support/api.ts';
import { untilGreets } from '../../test/support/greeting.ts';
import { matching, VICTIMS } from '../../test/kill/processes.ts';
import { load, median, type Load } from '../statistics.ts';
import { bootBare } from './bare.ts';

// How long a server takes to ACTIVE and to SSH, as a ratio to the same QEMU started by hand in the same run; how much
// memory controller and agent take; how many requests a second they answer. Needs a running cloud (./potluck up).

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '8' },
    servers: { type: 'string', default: '20' },
  },
});
const admin = await login('potluck');
const demo = await login('potluck-demo');
const compute = demo.url('compute');

interface Created {
  id: string;
  active: number;
}

const only = <T>(items: T[]): T => {
  const [first] = items;
  if (first === undefined) throw new Error('the demo project lacks what up makes: run ./potluck up');
  return first;
};

const image = only(
  (await demo.call<{ images: { id: string }[] }>('GET', `${demo.url('image')}/images?name=tiny`)).images,
);
const { flavors } = await demo.call<{ flavors: { id: string; name: string; ram: number }[] }>(
  'GET',
  `${compute}/flavors/detail`,
);
const flavor = only(flavors.filter((one) => one.name === 'tiny'));
const network = only(
  (await demo.call<{ networks: { id: string }[] }>('GET', `${demo.url('network')}/networks?name=demo`)).networks,
);

async function create(name: string): Promise<Created> {
  const started = performance.now();
  const { server } = await demo.call<{ server: { id: string } }>('POST', `${compute}/servers`, {
    server: { name, imageRef: image.id, flavorRef: flavor.id, networks: [{ uuid: network.id }], key_name: 'demo' },
  });
  for (;;) {
    const { server: shown } = await demo.call<{ server: { status: string } }>('GET', `${compute}/servers/${server.id}`);
    if (shown.status === 'ACTIVE') return { id: server.id, active: performance.now() - started };
    if (shown.status === 'ERROR') throw new Error(`${name} is in ERROR`);
    await pause(5);
  }
}

async function remove(ids: readonly string[]): Promise<void> {
  for (const id of ids) await demo.call('DELETE', `${compute}/servers/${id}`);
  for (const id of ids) while ((await demo.probe('GET', `${compute}/servers/${id}`))?.status !== 404) await pause(100);
}

async function boot(round: number): Promise<{ active: number; ssh: number }> {
  const { floatingip } = await demo.call<{ floatingip: { id: string; floating_ip_address: string } }>(
    'POST',
    `${demo.url('network')}/floatingips`,
    { floatingip: { floating_network_id: await publicNetwork() } },
  );
  const started = performance.now();
  const { id, active } = await create(`bench-${round}`);
  const { ports } = await demo.call<{ ports: { id: string }[] }>('GET', `${demo.url('network')}/ports?device_id=${id}`);
  await demo.call('PUT', `${demo.url('network')}/floatingips/${floatingip.id}`, {
    floatingip: { port_id: only(ports).id },
  });
  await untilGreets(floatingip.floating_ip_address, 22);
  const ssh = performance.now() - started;
  await demo.call('DELETE', `${demo.url('network')}/floatingips/${floatingip.id}`);
  await remove([id]);
  return { active, ssh };
}

async function publicNetwork(): Promise<string> {
  const url = `${demo.url('network')}/networks?router:external=true`;
  return only((await demo.call<{ networks: { id: string }[] }>('GET', url)).networks).id;
}

/** Proportional set size in MB of controller and agent: what they would free if they ended (man 5 proc, smaps_rollup). */
function memory(): { controller: number; agent: number } {
  const pss = (name: string) =>
    matching(VICTIMS[name] ?? /^$/).reduce((total, { pid }) => {
      const path = `/proc/${pid}/smaps_rollup`;
      // A command of the same name may have ended since it was found.
      const rollup = existsSync(path) ? readFileSync(path, 'utf8') : '';
      return total + Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
    }, 0);
  return { controller: pss('controller'), agent: pss('agent') };
}

const fixed = (value: number, digits = 0) => value.toFixed(digits);
const rate = ({ perSecond, p50, p99, requests }: Load) =>
  `${fixed(perSecond)} per s, p50 ${fixed(p50, 2)} ms, p99 ${fixed(p99, 2)} ms (${requests} requests)`;

async function requests(name: string, request: () => Promise<void>): Promise<void> {
  for (const clients of [1, 8]) {
    console.log(
      `${name}, ${clients} client${clients > 1 ? 's' : ''}: ${rate(await load(request, clients, Number(values.seconds)))}`,
    );
  }
}

const expect = async (api: Api, url: string) => {
  const reply = await fetch(url, { headers: { 'x-auth-token': api.token } });
  await reply.arrayBuffer();
  if (reply.status !== 200) throw new Error(`${url}: ${reply.status}`);
};

const hypervisors = await admin.call<{ hypervisors: { cpu_info: { accel: string } }[] }>(
  'GET',
  `${admin.url('compute')}/os-hypervisors/detail`,
);
const { accel } = only(hypervisors.hypervisors).cpu_info;
const tiny = '/var/lib/potluck/images/tiny.qcow2';

console.log(`accelerator ${accel}, ${values.rounds} rounds, bare QEMU and Potluck in turn`);
const bare: { running: number; ssh: number }[] = [];
const ours: { active: number; ssh: number }[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  bare.push(await bootBare(tiny, { accel, memoryMib: flavor.ram, port: 20022 }));
  ours.push(await boot(round));
}
const compare = (what: string, mine: number, theirs: number) =>
  console.log(`${what}: ${fixed(mine)} ms, bare QEMU ${fixed(theirs)} ms, ratio ${fixed(mine / theirs, 2)}`);
compare(
  'POST /servers to ACTIVE (bare: to running)',
  median(ours.map((one) => one.active)),
  median(bare.map((one) => one.running)),
);
compare('POST /servers to SSH', median(ours.map((one) => one.ssh)), median(bare.map((one) => one.ssh)));

const show = (servers: number) => {
  const { controller, agent } = memory();
  console.log(
    `memory (PSS) with ${servers} more servers: controller ${fixed(controller)} MB, agent ${fixed(agent)} MB, together ${fixed(controller + agent)} MB`,
  );
};
show(0);
await admin.call('PUT', `${admin.url('compute')}/os-quota-sets/${demo.projectId}`, {
  quota_set: { instances: 50, cores: 100, ram: 102400 },
});
const burst = performance.now();
const many = await Promise.all(
  Array.from({ length: Number(values.servers) }, (_, index) => create(`bench-many-${index}`)),
);
console.log(`${many.length} servers in one burst all ACTIVE after ${fixed((performance.now() - burst) / 1000, 1)} s`);
show(many.length);
// Guests that boot take all processors; what is measured next is a cloud that rests.
for (const { id } of many) {
  const log = async () => {
    const url = `${compute}/servers/${id}/action`;
    return (await demo.call<{ output: string }>('POST', url, { 'os-getConsoleOutput': { length: 20 } })).output;
  };
  while (!(await log()).includes('SSH is up')) await pause(500);
}
await requests(`server list of ${many.length + 1} with details`, () => expect(demo, `${compute}/servers/detail`));
await remove(many.map((one) => one.id));

await requests('server list of 1 with details', () => expect(demo, `${compute}/servers/detail`));
await requests('token use (GET /v3/auth/projects)', () => expect(demo, `${demo.url('identity')}/v3/auth/projects`));
await requests('token issue', async () => void (await login('potluck-demo')));
