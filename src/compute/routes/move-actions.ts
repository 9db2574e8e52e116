import { Type } from 'typebox';
import { ApiError, badRequest } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { atLeast } from '../../http/microversions.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { readHosts, isUp, type HostRow } from '../catalogue/hosts-view.ts';
import { accepted } from '../../http/route.ts';
import { assertUnlocked } from '../delete.ts';
import { noteAction } from '../server-actions.ts';
import type { ServerRow } from '../model.ts';
import { serverById } from '../servers-store.ts';
import { restoreServer } from '../soft-delete.ts';
import { assertPermitted, type Operation } from '../states.ts';
import { action, Nothing, type Action } from './action.ts';

const Bool = Type.Union([Type.Boolean(), Type.String({ pattern: '^(?:[Tt]rue|[Ff]alse|[01])$' })]);
const HostName = Nullable(Type.String({ minLength: 1, maxLength: 255 }));

function assertMember(name: string, given: unknown, known: boolean): void {
  if (given !== undefined && !known) {
    throw badRequest(`Additional properties are not allowed ('${name}' was unexpected).`);
  }
}

async function movable(app: App, context: Context, id: string, operation: Operation): Promise<ServerRow> {
  const server = await serverById(app.store.read, context, id);
  assertUnlocked(context, server);
  assertPermitted(operation, server);
  return server;
}

/**
 * Why a server does not move: which hosts there are, what each lacks. Disks are files of one host in this release, so
 * that no other can take over; the attempt is in the server's history all the same.
 */
async function refuse(
  app: App,
  context: Context,
  server: ServerRow,
  wished: string | null,
  what: { action: string; event: string },
): Promise<never> {
  const hosts = await readHosts(app.store.read);
  if (wished !== null && !hosts.some((host) => host.name === wished)) {
    throw badRequest(`Compute host ${wished} could not be found.`, 'ComputeHostNotFound');
  }
  const others = hosts.filter((host) => host.id !== server.host_id && (wished === null || host.name === wished));
  const message = `No valid host was found. ${whyNot(others, context.now)}`;
  await app.store.transaction((tx) =>
    noteAction(tx, context, server, what.action, what.event, { result: 'Error', details: message }),
  );
  throw badRequest(message, 'NoValidHost');
}

function whyNot(others: readonly HostRow[], now: number): string {
  const able = others.filter((host) => host.enabled === 1 && isUp(host, now));
  if (others.length === 0) return 'There is no other host that the server could move to.';
  if (able.length === 0) {
    return `Of the other hosts (${others.map(({ name }) => name).join(', ')}) none is up and enabled.`;
  }
  return `The disk of the server is a file of its host, and ${able.map(({ name }) => name).join(', ')} cannot read it.`;
}

const migrate = action({
  name: 'migrate',
  body: Nullable(Strict({ host: Type.Optional(HostName) })),
  async handler({ app, context, params, version }, body) {
    assertMember('host', body?.host, atLeast(version, '2.56'));
    const server = await movable(app, context, params.server_id, 'migrate');
    return refuse(app, context, server, body?.host ?? null, { action: 'migrate', event: 'cold_migrate' });
  },
});

const liveMigrate = action({
  name: 'os-migrateLive',
  body: Strict({
    host: HostName,
    block_migration: Type.Union([Bool, Type.Literal('auto')]),
    disk_over_commit: Type.Optional(Bool),
    force: Type.Optional(Bool),
  }),
  async handler({ app, context, params, version }, body) {
    const { block_migration: block, disk_over_commit: over, force } = body;
    if (block === 'auto' && !atLeast(version, '2.25')) {
      throw badRequest('Invalid input for field/attribute block_migration. Value: auto. It needs version 2.25.');
    }
    assertMember('disk_over_commit', over, !atLeast(version, '2.25'));
    if (over === undefined && !atLeast(version, '2.25')) throw badRequest("'disk_over_commit' is a required property");
    assertMember('force', force, atLeast(version, '2.30') && !atLeast(version, '2.68'));
    const server = await movable(app, context, params.server_id, 'live_migrate');
    const what = { action: 'live-migration', event: 'conductor_live_migrate_instance' };
    return refuse(app, context, server, body.host, what);
  },
});

const evacuate = action({
  name: 'evacuate',
  body: Strict({
    host: Type.Optional(HostName),
    adminPass: Type.Optional(Type.String({ maxLength: 255 })),
    onSharedStorage: Type.Optional(Bool),
    force: Type.Optional(Bool),
  }),
  async handler({ app, context, params, version }, body) {
    assertMember('onSharedStorage', body.onSharedStorage, !atLeast(version, '2.14'));
    if (body.onSharedStorage === undefined && !atLeast(version, '2.14')) {
      throw badRequest("'onSharedStorage' is a required property");
    }
    assertMember('force', body.force, atLeast(version, '2.29') && !atLeast(version, '2.68'));
    const server = await movable(app, context, params.server_id, 'evacuate');
    const host = (await readHosts(app.store.read)).find((one) => one.id === server.host_id);
    if (host && isUp(host, context.now)) throw badRequest(`Compute service of ${host.name} is still in use.`);
    return refuse(app, context, server, body.host ?? null, { action: 'evacuate', event: 'rebuild_server' });
  },
});

const crashDump = action({
  name: 'trigger_crash_dump',
  since: '2.17',
  body: Type.Null(),
  async handler({ app, context, params }) {
    const server = await movable(app, context, params.server_id, 'trigger_crash_dump');
    throw badRequest(`Triggering a crash dump is not supported by the host of instance ${server.id}.`);
  },
});

const restore = action({
  name: 'restore',
  body: Nothing,
  async handler({ app, context, params }) {
    await restoreServer(app, context, params.server_id);
    return accepted();
  },
});

const gone = (name: string): Action =>
  action({
    name,
    body: Nothing,
    async handler({ app, context, params }) {
      await serverById(app.store.read, context, params.server_id);
      throw new ApiError(410, 'Gone', `The action ${name} was taken out of the compute API for good.`);
    },
  });

export const moveActions: readonly Action[] = [
  migrate,
  liveMigrate,
  evacuate,
  crashDump,
  restore,
  gone('resetNetwork'),
  gone('injectNetworkInfo'),
];
