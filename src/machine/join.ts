import { rm } from 'node:fs/promises';
import { OperatorError } from '../core/errors.ts';
import type { JoinToken } from '../core/join-token.ts';
import { readMembership, type Membership } from '../host/identity/files.ts';
import { joinCloud } from '../host/identity/join.ts';
import { joinedAgentService } from './daemons.ts';
import { knowsUs } from './controller-health.ts';
import { ensureKvmTest } from './kvm-test.ts';
import { startEngines } from './ovn.ts';
import { packageCache, type Paths } from './paths.ts';
import type { Progress } from './progress.ts';
import type { Settings } from './settings.ts';
import { chooseSupervisor } from './supervisor/index.ts';
import { accountStage, checkStage, packageStage } from './up.ts';
import { waitFor } from './wait.ts';

export interface Join {
  paths: Paths;
  settings: Settings;
  progress: Progress;
  /** What the machine calls itself. */
  name: string;
  /** Missing where a machine that has joined is mended or upgraded. */
  token: JoinToken | null;
}

/** Makes this machine a host of another's cloud, and brings one that is up to date. Every stage bears repeating. */
export async function runJoin(join: Join): Promise<Membership> {
  const { paths, settings, progress } = join;
  await checkStage(join);
  // Before anything is installed: an invite that does not count should not cost ten minutes.
  const membership = await membershipStage(join);
  const { ovnSouthbound: southbound } = membership;
  if (southbound === null) {
    throw new OperatorError(
      'The controller drives no OVN, so this machine cannot connect its servers.',
      'Start the controller with --ovn-southbound.',
    );
  }
  await packageStage(join);
  await accountStage(join);
  const supervisor = await chooseSupervisor(paths);
  await supervisor.install([await joinedAgentService(paths, settings)]);
  await progress.stage('network', 'Open vSwitch and OVN', async (detail) => {
    const joined = { chassis: membership.host, southbound, identity: paths.identity };
    const { datapath } = await startEngines(paths, supervisor, settings, detail, joined);
    const how = datapath === 'netdev' ? 'switching in user space (no kernel module)' : 'switching in the kernel';
    return `connected to ${southbound}, ${how}; tunnels from ${settings.address}`;
  });
  await progress.stage('kvm', 'KVM', async () => {
    const words = await ensureKvmTest(paths);
    await rm(packageCache(paths), { recursive: true, force: true });
    return words;
  });
  await progress.stage('agent', 'Agent', async (detail) => {
    const service = await joinedAgentService(paths, settings);
    const how = await supervisor.ensure(service);
    // One that runs already knows the certificate of before.
    if (join.token !== null && how === 'unchanged') await supervisor.restart(service);
    detail('waiting for its first report');
    await waitFor('the agent to report', () => knowsUs(paths), {
      // A machine where KVM hangs is found out by a timeout, which takes its time.
      timeout: 180_000,
      hint: 'See why: potluck logs agent',
    });
    return `${how}, ${membership.name} is a host of ${membership.controller}`;
  });
  return membership;
}

async function membershipStage({ paths, progress, token, name }: Join): Promise<Membership> {
  let membership = await readMembership(paths.identity);
  await progress.stage('join', 'Membership', async () => {
    if (token !== null) {
      membership = await joinCloud(token, name, paths.identity);
      return `joined ${membership.controller} as ${membership.name}`;
    }
    if (membership) return `${membership.name} of ${membership.controller} since an earlier run`;
    throw new OperatorError('This machine has joined no cloud yet.', 'On the controller: potluck host invite');
  });
  if (!membership) throw new Error('the stage ended without a membership');
  return membership;
}
