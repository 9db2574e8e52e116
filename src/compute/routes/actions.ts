import { Type } from 'typebox';
import { ApiError, conflict } from '../../core/errors.ts';
import { accepted, noContent, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { addServerSecurityGroup, removeServerSecurityGroup } from '../../network/index.ts';
import { writeAudit } from '../../store/audit.ts';

import { consoleOutput } from '../console.ts';
import { changeServerPassword } from '../change-password.ts';
import { openVnc } from '../console-tokens.ts';
import { assertUnlocked, deleteServer } from '../delete.ts';
import { assertHostname, assertKnown } from '../microversions.ts';
import { changePower, type PowerOperation } from '../power.ts';
import { rebuildServer } from '../rebuild.ts';
import { confirmResize, resizeServer, revertResize } from '../resize.ts';
import { noteAction } from '../server-actions.ts';
import { changeServer, serverById } from '../servers-store.ts';
import { viewServer } from '../view.ts';
import { RebuildBody, ResizeBody } from '../wire.ts';
import { fixedIpActions } from '../proxies/fixed-ips.ts';
import { floatingIpActions } from '../proxies/floating-ips.ts';
import { moveActions } from './move-actions.ts';
import { shelveActions } from './shelve-actions.ts';
import { action, actionRoute, Nothing, type Action } from './action.ts';
import { imageActions } from './image-actions.ts';

const power = (name: string, operation: PowerOperation): Action =>
  action({
    name,
    body: Nothing,
    async handler({ app, context, params }) {
      await changePower(app, context, params.server_id, operation);
      return accepted();
    },
  });

const reboot = action({
  name: 'reboot',
  body: Strict({ type: Type.Enum(['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']) }),
  async handler({ app, context, params }, body) {
    const hard = body.type.toLowerCase() === 'hard';
    await changePower(app, context, params.server_id, hard ? 'hard-reboot' : 'reboot');
    return accepted();
  },
});

const lock = action({
  name: 'lock',
  body: Nullable(
    Type.Union([
      Strict({ locked_reason: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) }),
      Type.String(),
    ]),
  ),
  async handler({ app, context, params, version }, body) {
    const asked = typeof body === 'object' && body !== null ? body : {};
    assertKnown(version, 'lock', asked);
    await setLock(app, context, params.server_id, { reason: asked.locked_reason ?? null });
    return accepted();
  },
});

const unlock = action({
  name: 'unlock',
  body: Nothing,
  async handler({ app, context, params }) {
    await setLock(app, context, params.server_id, null);
    return accepted();
  },
});

type CallOf = Parameters<Action['handler']>[0];

/** A user's lock is the user's to open; an administrator's is not. */
async function setLock(
  app: CallOf['app'],
  context: CallOf['context'],
  id: string,
  held: { reason: string | null } | null,
) {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    if (held === null && server.locked_by === 'admin' && !context.isAdmin) {
      throw conflict(`Instance ${server.id} is locked by an administrator`);
    }
    const by = context.isAdmin && context.projectId !== server.project_id ? 'admin' : 'owner';
    const patch = { locked_by: held === null ? null : by, locked_reason: held?.reason ?? null } as const;
    await changeServer(tx, server, context.now, patch, { document: false });
    const name = held === null ? 'unlock' : 'lock';
    await noteAction(tx, context, server, name, `compute_${name}_instance`);
    await writeAudit(tx, context, `compute:servers:${name}`, server.id);
  });
}

const rebuild = action({
  name: 'rebuild',
  body: RebuildBody.properties.rebuild,
  async handler({ app, context, params, version }, body) {
    assertKnown(version, 'rebuild', body);
    assertHostname(version, body.hostname);
    const { server, adminPassword } = await rebuildServer(app, context, version, params.server_id, body);
    const view = await viewServer(app, app.store.read, context, version, 'rebuild', server);
    return accepted(
      { server: { ...view, adminPass: adminPassword } },
      { location: `${app.config.publicUrl}/compute/v2.1/servers/${server.id}` },
    );
  },
});

const resize = action({
  name: 'resize',
  body: ResizeBody.properties.resize,
  async handler({ app, context, params }, body) {
    await resizeServer(app, context, params.server_id, String(body.flavorRef), body['OS-DCF:diskConfig']);
    return accepted();
  },
});

const resetState = action({
  name: 'os-resetState',
  body: Strict({ state: Type.Enum(['active', 'error']) }),
  async handler({ app, context, params }, body) {
    await app.store.transaction(async (tx) => {
      const server = await serverById(tx.db, context, params.server_id);
      const patch = { vm_state: body.state, task_state: null, deadline: null, action_id: null } as const;
      await changeServer(
        tx,
        server,
        context.now,
        { ...patch, ...(body.state === 'active' && { fault: null }) },
        { document: false },
      );
      await writeAudit(tx, context, 'compute:servers:reset-state', server.id, { state: body.state });
    });
    return accepted();
  },
});

const consoleLog = action({
  name: 'os-getConsoleOutput',
  body: Nullable(
    Strict({
      length: Type.Optional(
        Nullable(Type.Union([Type.Integer({ minimum: -1 }), Type.String({ pattern: '^-?[0-9]+$' })])),
      ),
    }),
  ),
  async handler({ app, context, params }, body) {
    const lines = body?.length === undefined || body.length === null ? -1 : Number(body.length);
    return ok({ output: await consoleOutput(app, context, params.server_id, lines) });
  },
});

const vnc = action({
  name: 'os-getVNCConsole',
  until: '2.6',
  body: Strict({ type: Type.Enum(['novnc', 'xvpvnc']) }),
  async handler({ app, context, params }, body) {
    const url = await openVnc(app, context, params.server_id, body.type);
    return ok({ console: { type: body.type, url } });
  },
});

const unavailable = (name: string, until: Action['until'], what: string): Action =>
  action({
    name,
    ...(until !== undefined && { until }),
    body: Nothing,
    async handler({ app, context, params }) {
      await serverById(app.store.read, context, params.server_id);
      throw new ApiError(400, 'BadRequest', `Unavailable console type ${what}: this cloud has noVNC consoles.`);
    },
  });

const changePassword = action({
  name: 'changePassword',
  body: Strict({ adminPass: Type.String({ maxLength: 255 }) }),
  async handler({ app, context, params }, body) {
    await changeServerPassword(app, context, params.server_id, body.adminPass);
    return accepted();
  },
});

const group = (name: 'addSecurityGroup' | 'removeSecurityGroup'): Action =>
  action({
    name,
    body: Strict({ name: Type.String({ minLength: 1, maxLength: 255 }) }),
    async handler({ app, context, params }, body) {
      await app.store.transaction(async (tx) => {
        const server = await serverById(tx.db, context, params.server_id);
        assertUnlocked(context, server);
        const change = name === 'addSecurityGroup' ? addServerSecurityGroup : removeServerSecurityGroup;
        await change(tx, context, server.id, body.name);
        await changeServer(tx, server, context.now, {}, { document: true });
        await writeAudit(tx, context, `compute:servers:${name}`, server.id, { group: body.name });
      });
      return accepted();
    },
  });

export const actions: readonly Action[] = [
  power('os-start', 'start'),
  power('os-stop', 'stop'),
  power('pause', 'pause'),
  power('unpause', 'unpause'),
  power('suspend', 'suspend'),
  power('resume', 'resume'),
  reboot,
  lock,
  unlock,
  rebuild,
  resize,
  action({
    name: 'confirmResize',
    body: Nothing,
    async handler({ app, context, params }) {
      await confirmResize(app, context, params.server_id);
      return noContent();
    },
  }),
  action({
    name: 'revertResize',
    body: Nothing,
    async handler({ app, context, params }) {
      await revertResize(app, context, params.server_id);
      return accepted();
    },
  }),
  action({
    name: 'forceDelete',
    body: Nothing,
    async handler({ app, context, params }) {
      await deleteServer(app, context, params.server_id);
      return accepted();
    },
  }),
  resetState,
  consoleLog,
  vnc,
  unavailable('os-getSPICEConsole', '2.6', 'spice'),
  unavailable('os-getSerialConsole', '2.6', 'serial'),
  unavailable('os-getRDPConsole', '2.6', 'rdp'),
  changePassword,
  ...imageActions,
  group('addSecurityGroup'),
  group('removeSecurityGroup'),
  ...floatingIpActions,
  ...fixedIpActions,
  ...moveActions,
  ...shelveActions,
];

export const actionRoutes: Route[] = [actionRoute(actions)];
