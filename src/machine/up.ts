import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureConsole } from '../console/index.ts';
import { OperatorError, messageOf } from '../core/errors.ts';
import { ensureAccounts, secret } from './accounts.ts';
import { preflight } from './checks.ts';
import { writeClouds } from './clouds-yaml.ts';
import { requireMovedDatabase } from './controller-database.ts';
import { healthy } from './controller-health.ts';
import { agentService, compileAhead, controllerService, writeBootstrap } from './daemons.ts';
import { ensureExternalNetwork } from './external-network.ts';
import { gatherFacts } from './facts.ts';
import { readText, writeWhole } from './files.ts';
import { tinyImage } from './guest-image.ts';
import { ensureKey, sshWords } from './keys.ts';
import { ensureKvmTest } from './kvm-test.ts';
import { startEngines } from './ovn.ts';
import { installPackages, missingPackages, neededPackages } from './packages.ts';
import { packageCache, repository, type Paths } from './paths.ts';
import { people } from './people.ts';
import type { Progress } from './progress.ts';
import { tryRun } from './run.ts';
import { list, signIn, type Json, type Session } from './seed/client.ts';
import { seedCloud, seedProject, type SeedImage } from './seed/cloud.ts';
import { DEMO, lookAtServer, seedDemo, seedServer, waitForActive } from './seed/demo.ts';
import { saveSettings, urlOf, type Settings } from './settings.ts';
import { chooseSupervisor, processOne, type Supervisor } from './supervisor/index.ts';
import { waitFor } from './wait.ts';

export interface Up {
  paths: Paths;
  settings: Settings;
  progress: Progress;
  /** Whether to make the project `demo` and the first server. */
  demo: boolean;
}

/** Refuses, with every reason at once, before anything is changed. */
export async function checkStage({ paths, settings, progress }: Omit<Up, 'demo'>): Promise<void> {
  await progress.stage('checks', 'This machine', async () => {
    const problems = preflight(await gatherFacts(paths, settings));
    const [first, ...others] = problems;
    if (!first) return 'fit for it';
    const rest = others.map(({ problem, mend }) => `Also: ${problem}\n      ${mend}`);
    throw new OperatorError(first.problem, [first.mend, ...rest].join('\n'));
  });
}

/** Installs what is missing of Debian's packages. */
export async function packageStage({ progress, settings }: Pick<Up, 'progress' | 'settings'>): Promise<void> {
  await progress.stage('packages', 'Debian packages', async (detail) => {
    const systemd = (await processOne()) === 'systemd';
    const missing = await missingPackages(
      neededPackages({ arch: process.arch, systemd, ...(settings.role && { role: settings.role }) }),
    );
    if (missing.length === 0) return 'all there';
    for (const { name, why } of missing) progress.note(`will install ${name}: ${why}`);
    await installPackages(missing, systemd, detail);
    return `${missing.length} installed`;
  });
}

/** The user for QEMU, and directories. */
export async function accountStage({ paths, settings, progress }: Omit<Up, 'demo'>): Promise<void> {
  await progress.stage('accounts', 'User and directories', async () => {
    // First the settings: they tell `destroy` that there is something to remove.
    await saveSettings(paths, settings);
    await ensureAccounts(paths);
    return paths.state;
  });
}

/** Open vSwitch and OVN, and this machine as the gateway of `public`. */
export async function networkStage({ paths, settings, progress }: Up, supervisor: Supervisor): Promise<void> {
  await progress.stage('network', 'Open vSwitch and OVN', async (detail) => {
    const { datapath } = await startEngines(paths, supervisor, settings, detail);
    const how = datapath === 'netdev' ? 'switching in user space (no kernel module)' : 'switching in the kernel';
    return `running under ${supervisor.kind}, ${how}`;
  });
  await progress.stage('external-network', "Network 'public'", async () => {
    await ensureExternalNetwork(paths, settings, supervisor);
    return `this machine is ${settings.publicCidr} and ${settings.publicCidr6}`;
  });
}

/** The first guest image, and the kernel with which the agent tries KVM. */
export async function imageStage({ paths, progress }: Up): Promise<SeedImage> {
  let image: SeedImage | undefined;
  await progress.stage('image', "Guest image 'tiny'", async (detail) => {
    image = await tinyImage(paths, detail);
    detail('a kernel to try KVM with');
    const words = await ensureKvmTest(paths);
    await rm(packageCache(paths), { recursive: true, force: true });
    return `${image.file}; ${words}`;
  });
  if (!image) throw new Error('the image stage ended without an image');
  return image;
}

/** Controller and agent, up to date and answering. */
export async function controlStage({ paths, settings, progress }: Up, supervisor: Supervisor): Promise<Session> {
  let session: Session | undefined;
  await progress.stage('controller', 'Controller', async (detail) => {
    const { adminPassword } = await writeBootstrap(paths, settings);
    await compileAhead(paths);
    const how = await supervisor.ensure(await controllerService(paths, settings));
    detail('waiting for its answer');
    const hint = 'See why: potluck logs controller';
    await waitFor(`${urlOf(settings)}/healthz`, () => healthy(settings), { timeout: 180_000, hint });
    const account = { username: 'admin', password: adminPassword, project: 'admin' };
    session = await waitFor('signing in as admin', () => signIn(urlOf(settings), account), { timeout: 10_000, hint });
    return `${urlOf(settings)}, ${how}`;
  });
  if (!session) throw new Error('the controller stage ended without a session');
  const admin = session;
  await progress.stage('agent', 'Agent', async (detail) => {
    const how = await supervisor.ensure(await agentService(paths, settings));
    detail('waiting until it is a hypervisor of the cloud');
    const seen = await waitFor('the agent to report', () => upHypervisor(admin), {
      // A machine where KVM hangs is found out by a timeout, which takes its time.
      timeout: 180_000,
      hint: 'See why: potluck logs agent',
    });
    return `${how}, ${String(seen['hypervisor_hostname'])} is up`;
  });
  return admin;
}

export interface FirstServer {
  id: string;
  user: string;
  address: string;
  /** Whether it answered SSH just now. */
  answers: boolean;
}

/** Fills the cloud. Once complete it is never repeated: what people delete stays deleted. */
export async function seedStage(up: Up, admin: Session, image: SeedImage): Promise<FirstServer | null> {
  const { paths, settings, progress } = up;
  const password = await secret(paths, 'demo-password');
  const adminPassword = await secret(paths, 'admin-password');
  const marker = join(paths.controller, up.demo ? 'seeded.json' : 'seeded-without-demo.json');
  const before = await readText(marker);
  const persons = await people();
  const publicKey = up.demo ? await ensureKey(paths, persons) : '';
  let server = before === null ? null : (JSON.parse(before) as { server: FirstServer | null }).server;
  const { user } = image;

  await progress.stage('seed', 'Projects, networks, image', async (detail) => {
    if (before !== null) return 'there since an earlier run';
    detail('as admin');
    if (up.demo) await seedProject(admin, DEMO, password);
    const { publicNetwork } = await seedCloud(admin, settings, image);
    if (!up.demo) return 'done, without demo';
    detail('as demo');
    const demo = await signIn(urlOf(settings), { username: DEMO, password, project: DEMO });
    await seedDemo(demo, publicNetwork, publicKey);
    server = { ...(await seedServer(demo, publicNetwork)), user, answers: false };
    return 'made through the public APIs';
  });

  await progress.stage('clouds', 'clouds.yaml', async () => {
    const entry = { authUrl: `${urlOf(settings)}/identity/v3`, region: settings.region };
    for (const person of persons) {
      await writeClouds(person, {
        potluck: { ...entry, username: 'admin', password: adminPassword, project: 'admin' },
        ...(up.demo ? { 'potluck-demo': { ...entry, username: DEMO, password, project: DEMO } } : {}),
      });
    }
    return `of ${persons.map(({ name }) => name).join(' and ')}: potluck${up.demo ? ', potluck-demo' : ''}`;
  });

  if (server !== null) {
    const { id } = server;
    let now: FirstServer | null = null;
    await progress.stage('server', "First server 'hello'", async (detail) => {
      const demo = await signIn(urlOf(settings), { username: DEMO, password, project: DEMO });
      if (before === null) await waitForActive(demo, id, detail);
      const seen = await lookAtServer(demo, id);
      if (seen === null) return 'somebody deleted it; it is not made again';
      if (seen.status !== 'ACTIVE' || seen.address === null) return `is in ${seen.status}`;
      detail(`waiting for SSH on ${seen.address}`);
      // The first time it must answer. Later its owner may have closed the port, which is no failure of ours.
      const answers = await answersSsh(paths, user, seen.address, before === null ? 300_000 : 5000, before === null);
      now = { id, user, address: seen.address, answers };
      return answers ? `answers SSH on ${seen.address}` : `is ACTIVE, but does not answer SSH on ${seen.address}`;
    });
    server = now;
  }
  if (before === null) await writeWhole(marker, `${JSON.stringify({ server })}\n`, 0o600);
  return server;
}

/**
 * Begins to build the web console, if it must be, and answers a stage that waits for it. Without it the cloud works: a
 * failure is told, and the next `up` tries again.
 */
function beginConsole({ progress }: Up): () => Promise<void> {
  let doing = '';
  const building = ensureConsole(repository, (text) => (doing = text)).then(
    (built) => (built ? 'built' : 'as it was built'),
    (error: unknown) => {
      const hint = error instanceof OperatorError ? `\n      ${error.hint}` : '';
      progress.note(
        `The web console could not be built; the next 'potluck up' tries again. ${messageOf(error)}${hint}`,
      );
      return 'not built';
    },
  );
  return () =>
    progress.stage('console', 'Web console', (detail) => {
      detail(doing);
      return building;
    });
}

/** All stages in order. */
export async function runUp(up: Up): Promise<FirstServer | null> {
  await checkStage(up);
  await requireMovedDatabase(up.paths, up.settings);
  await packageStage(up);
  const consoleStage = beginConsole(up);
  await accountStage(up);
  const supervisor = await chooseSupervisor(up.paths);
  await supervisor.install([await controllerService(up.paths, up.settings), await agentService(up.paths, up.settings)]);
  await networkStage(up, supervisor);
  const image = await imageStage(up);
  const admin = await controlStage(up, supervisor);
  const server = await seedStage(up, admin, image);
  await consoleStage();
  return server;
}

async function upHypervisor(admin: Session): Promise<Json | undefined> {
  const found = list(await admin.get('compute/v2.1', '/os-hypervisors'), 'hypervisors');
  return found.find((one) => one['state'] === 'up');
}

async function answersSsh(
  paths: Paths,
  user: string,
  address: string,
  timeout: number,
  must: boolean,
): Promise<boolean> {
  const look = async () =>
    (await tryRun('ssh', sshWords(paths, user, address, 'true'), { timeout: 15_000 })).code === 0;
  try {
    const hint = `See what it prints: openstack --os-cloud potluck-demo console log show hello. By hand: ssh -i ~/.ssh/potluck_demo ${user}@${address}`;
    return await waitFor(`SSH of the first server on ${address}`, look, { timeout, every: 250, hint });
  } catch (error) {
    if (must) throw error;
    return false;
  }
}
