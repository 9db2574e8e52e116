import { ApiError } from '../core/errors.ts';
import type { ProjectId } from '../core/ids.ts';
import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import { systemContext, type Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import { createGroup, ensureDefaultGroup, insertRule } from './groups.ts';
import { buildTopology, presentTopology, tearDownTopology, topologyGround, type TopologyPlan } from './topology.ts';

/** All is called like the project. */
const planFor = (name: string): TopologyPlan => ({
  network: name,
  router: name,
  subnet: (version) => (version === 4 ? name : `${name}-ipv6`),
  // Public resolvers, because the ones of this machine are often only reachable from itself.
  nameservers: { 4: ['9.9.9.9', '1.1.1.1'], 6: ['2620:fe::fe', '2606:4700:4700::1111'] },
});

/** The group beside `default`, for servers that are to be entered: closed stays what nobody opened. */
const SSH_GROUP = { name: 'ssh', description: 'SSH and ping, from anywhere' };

/**
 * Gives a new project what a first server needs, in the transaction that makes the project: a network behind a router,
 * and a security group that lets SSH and ping in. Without a default external network or pool there is no network; the
 * first server with `networks: auto` then makes it when there is.
 */
export async function giveProjectNetwork(
  tx: Tx,
  context: Context,
  project: { id: ProjectId; name: string },
): Promise<void> {
  const projectId = project.id;
  // Who may make projects need not be somebody who may make networks in them.
  const ours = { ...systemContext(context.now, context.requestId), remoteAddress: context.remoteAddress };
  await ensureDefaultGroup(tx, ours, projectId);
  const group = await createGroup(tx, ours, projectId, { ...SSH_GROUP, is_default: 0, stateful: 1 });
  for (const ethertype of ['IPv4', 'IPv6'] as const) {
    const open = { direction: 'ingress', ethertype } as const;
    const icmp = ethertype === 'IPv4' ? 'icmp' : 'ipv6-icmp';
    await insertRule(
      tx,
      ours,
      projectId,
      group,
      { ...open, protocol: 'tcp', port_range_min: 22, port_range_max: 22 },
      '',
    );
    await insertRule(tx, ours, projectId, group, { ...open, protocol: icmp }, '');
  }
  const ground = await topologyGround(tx.db);
  if ('missing' in ground || (await presentTopology(tx.db, projectId))) return;
  const network = await buildTopology(tx, ours, projectId, ground, planFor(project.name));
  await writeAudit(tx, context, 'network:project_network:create', network, { project: projectId });
  tx.raise('ovn');
}

/**
 * Takes away the networks, routers and security groups that projects were given which are gone. What servers still use
 * stays until they are deleted; whatever else a project has made is its operator's to clean up.
 */
export function createProjectNetworkReconciler(app: App): Reconciler {
  return {
    name: 'project-networks',
    signal: 'project-gone',
    every: 600_000,
    async run() {
      const topologies = await app.store.read
        .selectFrom('auto_topologies')
        .selectAll()
        .where('project_id', 'not in', (query) => query.selectFrom('projects').select('id'))
        .execute();
      for (const topology of topologies) {
        try {
          await app.store.transaction(async (tx) => {
            const context = systemContext(app.clock.now());
            await tearDownTopology(tx, context, topology);
            await dropGroups(tx, topology.project_id);
            await writeAudit(tx, context, 'network:project_network:delete', topology.network_id, {
              project: topology.project_id,
            });
            tx.raise('ovn');
          });
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          app.log.info('project-network-in-use', { project: topology.project_id, reason: error.publicMessage });
        }
      }
    },
  };
}

/** Groups of a project that is gone, but for those of ports of others. */
async function dropGroups(tx: Tx, projectId: ProjectId): Promise<void> {
  await tx.db
    .deleteFrom('security_groups')
    .where('project_id', '=', projectId)
    .where('id', 'not in', (query) => query.selectFrom('port_security_groups').select('security_group_id'))
    .execute();
}
