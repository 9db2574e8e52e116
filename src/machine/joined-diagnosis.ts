import { systemClock } from '../core/clock.ts';
import { openIdentity } from '../host/identity/identity.ts';
import { asksController } from './controller-health.ts';
import type { Machine } from './everything.ts';
import { bad, good, warning, type Finding } from './finding.ts';
import { externalIds, ovnConnected } from './ovn.ts';

const DAY = 24 * 60 * 60_000;

/** Whether this machine's switch hears from OVN on the controller's machine. */
export async function lookAtJoinedOvn(): Promise<Finding[]> {
  const { 'ovn-remote': remote = 'none', 'ovn-encap-ip': tunnels = 'nowhere' } = await externalIds();
  if (await ovnConnected()) return [good('OVN', `connected to ${remote}, tunnels from ${tunnels}`)];
  const mend = 'Is that port of the controller reached from here? See: potluck logs ovn-controller';
  return [bad('OVN', `is not connected to ${remote}: networks stay as they are`, mend)];
}

/** Whether the controller knows this machine, and until when its certificate is good. */
export async function lookAtMembership({ paths }: Machine): Promise<Finding[]> {
  const identity = await openIdentity(paths.identity, systemClock);
  const left = identity.notAfter() - Date.now();
  identity.close();
  const { name, up } = (await asksController(paths, '/entry/v1/standing')) as { name: string; up: boolean };
  const until = `good for ${Math.floor(left / DAY)} days`;
  return [
    good('membership', `the controller knows this machine as ${name}`),
    up
      ? good('membership', 'its agent was heard of lately')
      : bad('membership', 'its agent was not heard of lately', 'Why: potluck logs agent'),
    left > 7 * DAY
      ? good('certificate', until)
      : warning('certificate', `only ${until}, and was not renewed`, 'Why: potluck logs agent'),
  ];
}
