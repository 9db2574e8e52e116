import { Type } from 'typebox';
import { hostsOverview } from '../../compute/index.ts';
import { ok, route } from '../../http/route.ts';
import { Nullable } from '../../http/schemas.ts';

const Text = Nullable(Type.String());
const Room = { used: Type.Integer(), total: Type.Integer(), limit: Type.Integer() };

const Host = Type.Object({
  ...{ id: Type.String(), name: Type.String(), zone: Type.String(), aggregates: Type.Array(Type.String()) },
  state: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('new')]),
  ...{ enabled: Type.Boolean(), disabled_reason: Text, forced_down: Type.Boolean(), last_seen: Text, booted_at: Text },
  ...{ address: Text, agent_version: Text, accelerator: Text, accelerator_reason: Text, cpu_model: Text },
  ...{ arch: Text, qemu_version: Text, vcpus: Type.Object(Room), memory_mib: Type.Object(Room) },
  disk_gib: Type.Object({ ...Room, free: Nullable(Type.Integer()) }),
  load: Nullable(Type.Object({ at: Type.String(), cpu_percent: Type.Integer(), memory_used_mib: Type.Integer() })),
  ...{ volume_gib: Type.Integer(), servers: Type.Integer(), pending_changes: Type.Boolean() },
});

/** Every host with what it is and how full it is: what an operator looks at first, in one request. */
export const listHosts = route({
  operation: 'hosts:list',
  method: 'GET',
  path: '/hosts',
  response: Type.Object({ hosts: Type.Array(Host) }),
  handler: async ({ app, context }) => ok({ hosts: await hostsOverview(app, context.now) }),
});
