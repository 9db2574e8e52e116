import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { signIn } from '../../src/machine/seed/client.ts';
import { seedCloud } from '../../src/machine/seed/cloud.ts';
import { localHost, simHostName } from '../../src/sim/cloud.ts';
import { emptyQcow2 } from '../../src/sim/empty-image.ts';
import { percentile } from '../statistics.ts';
import { createClient } from './client.ts';
import type { Inside } from './controller.ts';
import { HELP, hostSize, readPlan, type Plan, type Setting } from './plan.ts';
import { cpuSeconds, pss, start, written, type Part } from './processes.ts';
import * as stages from './stages.ts';

// How far one controller goes: see HELP in plan.ts. The figures are for docs/performance.md.

interface Figure {
  what: string;
  value: string;
  target?: string;
}

const figures: Figure[] = [];
const note = (what: string, value: string, target?: string) => {
  figures.push({ what, value, ...(target !== undefined && { target }) });
  process.stderr.write(`${what}: ${value}\n`);
};
const fixed = (value: number, unit: string) =>
  `${value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2)} ${unit}`;

/** Runs one stage, and says what it cost the controller. */
async function stage<T>(controller: Part, name: string, work: () => Promise<T>): Promise<T> {
  await controller.ask();
  const [cpu, disk, begun] = [cpuSeconds(controller.pid), written(controller.pid), performance.now()];
  const result = await work();
  const seconds = (performance.now() - begun) / 1000;
  const used = cpuSeconds(controller.pid) - cpu;
  const inside = await controller.ask<Inside>();
  const loop = `event loop late by ${fixed(inside.loopP99, 'ms')} (p99), ${fixed(inside.loopMax, 'ms')} at most`;
  const share = `${Math.round((used / seconds) * 100)} % of a core`;
  const collecting = `${(inside.collecting / 10 / seconds || 0).toFixed(1)} % collecting garbage`;
  const disks = `${fixed(written(controller.pid) - disk, 'MB')} written`;
  note(
    `- ${name}: ${fixed(seconds, 's')}`,
    `${share}, ${collecting}, ${loop}, ${disks}, PSS ${fixed(pss(controller.pid), 'MB')}`,
  );
  return result;
}

async function measure(plan: Plan, directory: string): Promise<void> {
  const adminPassword = randomBytes(12).toString('hex');
  const hosts = Array.from({ length: plan.hosts }, (_, number) =>
    localHost(randomUUID(), simHostName(number + 1), randomBytes(32).toString('hex')),
  );
  const stateDir = join(plan.state ?? directory, 'controller');
  await mkdir(stateDir, { recursive: true });
  const setting: Setting = { stateDir, adminPassword, hosts, size: hostSize(plan) };
  const file = join(directory, 'setting.json');
  writeFileSync(file, JSON.stringify(setting), { mode: 0o600 });

  const profiling = plan.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${plan.profile}`];
  const begun = performance.now();
  const controller = await start('controller.ts', [file], ['--optimize-for-size', ...profiling]);
  const port = controller.ready['port'] ?? 0;
  const url = `http://127.0.0.1:${port}`;
  note(`${plan.hosts} hosts enrolled in a new database`, fixed((performance.now() - begun) / 1000, 's'));
  const admin = await signIn(url, { username: 'admin', password: adminPassword, project: 'admin' });
  const client = createClient(port, await stages.tokenOf(url, 'admin', adminPassword, 'admin'));
  const image = { file: join(directory, 'empty.qcow2'), minDisk: 1, minRam: 128, properties: {}, user: 'root' };
  writeFileSync(image.file, emptyQcow2(1));
  const network = { address: '127.0.0.1', port: 0, publicCidr: '203.0.113.1/24', publicCidr6: '', region: '' };
  await seedCloud(admin, { ...network, accel: 'auto' }, image);

  const arriving = performance.now();
  const simulated = await start('hosts.ts', [file, String(port)]);
  await stage(controller, 'hosts arrive', () => stages.untilHosts(client, plan.hosts));
  note('from the first agent to the last host up', fixed((performance.now() - arriving) / 1000, 's'));
  note('controller without servers (PSS)', fixed(pss(controller.pid), 'MB'));
  const tenants = await stages.makeTenants(url, port, admin, plan.projects);
  const kind = await stages.kindOf(admin);

  const singles = Math.min(1000, Math.floor(plan.servers / 4));
  const many = plan.servers - singles;
  const placing = performance.now();
  const manyTook = await stage(controller, 'place, many in a request', () => stages.placeMany(tenants, kind, many));
  note(`placed ${many}, 100 in a request`, fixed(many / manyTook, 'a second'), '500');
  const singlyTook = await stage(controller, 'place one by one', () => stages.placeSingly(tenants, kind, singles));
  note(`placed ${singles}, one in a request, 8 clients`, fixed(singles / singlyTook, 'a second'));
  await stage(controller, 'converge', () => stages.untilNone(client, 'BUILD'));
  note(`from the first request to ${plan.servers} ACTIVE`, fixed((performance.now() - placing) / 1000, 's'));

  const [tenant] = tenants;
  if (!tenant) throw new Error('there is no project');
  await stage(controller, 'quiet', () => pause(plan.quiet * 1000));
  await stage(controller, 'lists', async () => {
    for (const path of ['/servers?limit=1000', '/servers/detail?limit=1000', '/servers/detail?limit=20']) {
      const { p50, p99, bytes } = await stages.repeat(tenant.client, `/compute/v2.1${path}`, 30);
      note(`GET ${path}, p50 and p99`, `${fixed(p50, 'ms')}, ${fixed(p99, 'ms')} (${Math.round(bytes / 1000)} kB)`);
    }
  });
  if (plan.seconds > 0) {
    const { samples, seconds } = await stage(controller, `create, ${plan.rate} a second`, () =>
      stages.createUnderLoad(tenants, kind, plan.rate, plan.seconds),
    );
    const answered = samples.length / seconds;
    note(`POST /servers at ${plan.rate} a second, answered`, fixed(answered, 'a second'));
    note('POST /servers, p50', fixed(percentile(samples, 0.5), 'ms'));
    note('POST /servers, p99', fixed(percentile(samples, 0.99), 'ms'), '< 50 ms');
    await stage(controller, 'converge', () => stages.untilNone(client, 'BUILD'));
  }
  const wrong = await client.call('GET', '/compute/v2.1/servers?all_tenants=1&limit=1&status=ERROR');
  if (!wrong.text.includes('"servers":[]')) throw new Error(`servers ended in ERROR: ${wrong.text}`);
  note('controller with all servers (PSS)', fixed(pss(controller.pid), 'MB'), '< 400 MB');
  if (plan.delete) {
    await stage(controller, 'delete', () => stages.deleteAll(tenants));
    await stage(controller, 'converge', async () => {
      while ((await simulated.ask<{ machines: number }>()).machines > 0) await pause(250);
    });
  }
  note('all simulated hosts (PSS)', fixed(pss(simulated.pid), 'MB'));
  await simulated.end();
  await controller.end();
}

const plan = readPlan(process.argv.slice(2));
if (plan === null) process.stdout.write(HELP);
else {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-bench-'));
  try {
    await measure(plan, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
  const rows = figures.map(({ what, value, target = '' }) => `| ${what} | ${value} | ${target} |`);
  process.stdout.write(['| what | figure | target |', '| --- | --- | --- |', ...rows, ''].join('\n'));
  if (plan.json !== null) writeFileSync(plan.json, `${JSON.stringify(figures, null, 2)}\n`);
}
