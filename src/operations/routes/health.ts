import { Type } from 'typebox';
import { hostsOverview, type HostOverview } from '../../compute/index.ts';
import { isoSeconds } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { ok, route } from '../../http/route.ts';
import { Nullable } from '../../http/schemas.ts';

const Text = Nullable(Type.String());

interface Part {
  name: 'database' | 'reconciler' | 'agent';
  /** Which of them: the kind of database, the reconciler's or the host's name. */
  detail: string;
  state: string;
  reason: string | null;
  since: string | null;
}

/** How the parts of the cloud fare, as the controller sees them that answers. */
export const showHealth = route({
  operation: 'health:show',
  method: 'GET',
  path: '/health',
  response: Type.Object({
    services: Type.Array(
      Type.Object({
        ...{ name: Type.String(), detail: Type.String(), state: Type.String(), reason: Text, since: Text },
      }),
    ),
  }),
  async handler({ app, context }) {
    const parts: Part[] = [...(app.reconcilers?.values() ?? [])].map(({ name, state, reason, since }) => ({
      ...{ name: 'reconciler', detail: name, state, reason, since: isoSeconds(since) },
    }));
    const database = { name: 'database', detail: app.store.kind, since: null } as const;
    try {
      const hosts = await hostsOverview(app, context.now);
      parts.unshift({ ...database, state: 'up', reason: null });
      parts.push(...hosts.map(agent));
    } catch (error) {
      app.log.error('health-database', { error });
      parts.unshift({ ...database, state: 'down', reason: messageOf(error) });
    }
    return ok({ services: parts });
  },
});

function agent(host: HostOverview): Part {
  const off = host.state === 'up' && !host.enabled;
  const reason = host.forced_down ? 'An administrator forced it down.' : off ? host.disabled_reason : null;
  return { name: 'agent', detail: host.name, state: off ? 'disabled' : host.state, reason, since: host.last_seen };
}
