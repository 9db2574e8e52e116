import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ensureLocalHost, createServerReconciler } from '../../src/compute/index.ts';
import { asWished as serverAsWished } from '../../src/compute/testing.ts';
import type { HostId } from '../../src/core/ids.ts';
import type { HostReport, PollAnswer } from '../../src/host/document.ts';
import type { Method } from '../../src/http/route.ts';
import { testCloud, type TestCloud, type TestReply } from '../../src/http/testing.ts';
import { bootstrapIdentity, createIdentity } from '../../src/identity/index.ts';
import { identityState } from '../../src/identity/tokens/state.ts';
import { createImageReconciler } from '../../src/image/index.ts';
import { services } from '../../src/services.ts';
import { emptyQcow2 } from '../../src/sim/empty-image.ts';
import { createVolumeReconciler } from '../../src/volume/index.ts';
import { asWished as volumeAsWished } from '../../src/volume/testing.ts';
import { PERSONAS, tokensOf, type Persona, type Places } from './personas.ts';
import { rehearsalStore, type Rehearsal } from './rehearsal.ts';

export type Body = TestReply['body'];

export interface World {
  cloud: TestCloud;
  rehearse: Rehearsal['rehearse'];
  places: Places;
  tokens: Record<Exclude<Persona, 'nobody'>, string>;
  /** A request of a persona, at the newest microversion. */
  ask: (as: Persona | 'host', method: Method, path: string, body?: unknown, headers?: object) => Promise<TestReply>;
  /** The same where it must work; answers the body. */
  make: (as: Persona, method: Method, path: string, body?: unknown, headers?: object) => Promise<Body>;
  /** The host does what its document says, and reports it. */
  converge: () => Promise<void>;
}

const CAPACITY: HostReport['capacity'] = {
  ...{ vcpus: 8, memoryMib: 16_384, diskGib: 1000, diskFreeGib: 900, hypervisor: 'QEMU', hypervisorVersion: 7002000 },
  ...{ accel: 'tcg', accelReason: 'a test', cpuModel: 'none', arch: 'x86_64', chassis: 'host-1' },
  ...{ address: '192.0.2.10', agentVersion: '0.1.0' },
};

export const DISK = emptyQcow2(1);
export const BYTES = { 'content-type': 'application/octet-stream' };

/** The newest of each service, so that no operation is hidden behind an older version. */
const VERSIONS = 'compute 2.96, volume 3.70, placement 1.39';

/** A cloud of all services with one host and every persona, on a store where requests can be taken back. */
export async function makeWorld(t: Pick<TestContext, 'after'>): Promise<World> {
  let rehearsal: Rehearsal | undefined;
  const cloud = await testCloud(t, services, async (_directory, listener) => {
    rehearsal = await rehearsalStore((signal) => listener.raise(signal));
    return rehearsal.store;
  });
  assert.ok(rehearsal);
  const { app } = cloud;
  app.verifyToken = (await createIdentity(app)).verifyToken;
  await bootstrapIdentity(app, { adminPassword: 'admin-secret', region: 'RegionOne', publicUrl: app.config.publicUrl });
  const tokens: Partial<Record<Persona, string>> = {};
  const ask: World['ask'] = (as, method, path, body, headers = {}) =>
    cloud.request(method, path, {
      as: as === 'host' ? 'host' : 'nobody',
      body,
      headers: {
        ...(tokens[as as Persona] !== undefined && { 'x-auth-token': tokens[as as Persona] ?? '' }),
        'openstack-api-version': VERSIONS,
        ...headers,
      },
    });
  const make: World['make'] = async (as, method, path, body, headers) => {
    const reply = await ask(as, method, path, body, headers);
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const places = await makePlaces(app, make, tokens);
  const signed = await tokensOf(app, places);
  Object.assign(tokens, signed);
  await ensureLocalHost(app, { id: 'host-1' as HostId, name: 'alpha', token: 'host' });
  return {
    cloud,
    rehearse: rehearsal.rehearse,
    places,
    tokens: signed,
    ask,
    make,
    converge: () => converge(cloud, ask),
  };
}

/** The domain, its projects and the personas' users, made by the first administrator. */
async function makePlaces(
  app: TestCloud['app'],
  make: World['make'],
  tokens: Partial<Record<Persona, string>>,
): Promise<Places> {
  const admin = await app.store.read
    .selectFrom('users')
    .selectAll()
    .where('name', '=', 'admin')
    .executeTakeFirstOrThrow();
  const project = await app.store.read
    .selectFrom('projects')
    .selectAll()
    .where('name', '=', 'admin')
    .executeTakeFirstOrThrow();
  const first = { domainId: 'default', projectId: '', otherProjectId: '', adminProjectId: project.id };
  Object.assign(tokens, await tokensOf(app, { ...first, users: { admin: admin.id } as Places['users'] }));
  const v3 = '/identity/v3';
  const domain = (await make('admin', 'POST', `${v3}/domains`, { domain: { name: 'school' } })).domain.id as string;
  const projectOf = async (name: string): Promise<string> =>
    (await make('admin', 'POST', `${v3}/projects`, { project: { name, domain_id: domain } })).project.id;
  const users = {} as Places['users'];
  const roles = (await make('admin', 'GET', `${v3}/roles`)).roles as { id: string; name: string }[];
  const places = {
    ...first,
    domainId: domain,
    projectId: await projectOf('demo'),
    otherProjectId: await projectOf('other'),
  };
  for (const persona of PERSONAS) {
    if (persona === 'nobody') continue;
    const user = { name: persona, domain_id: domain };
    users[persona] = (await make('admin', 'POST', `${v3}/users`, { user })).user.id;
    const [scope, role = 'admin'] = persona.split('-');
    const roleId = roles.find((one) => one.name === role)?.id ?? '';
    const target = {
      other: `projects/${places.otherProjectId}`,
      project: `projects/${places.projectId}`,
      domain: `domains/${domain}`,
      system: 'system',
      admin: `projects/${project.id}`,
    }[scope ?? ''];
    if (target) await make('admin', 'PUT', `${v3}/${target}/users/${users[persona]}/roles/${roleId}`);
  }
  await identityState(app);
  return { ...places, users };
}

async function converge({ app }: TestCloud, ask: World['ask']): Promise<void> {
  const document = async () =>
    ((await ask('host', 'GET', '/agent/v1/document?generation=0')).body as PollAnswer).document;
  for (const { id } of (await document())?.uploads ?? []) {
    await ask('host', 'PUT', `/agent/v1/images/${id}/data`, DISK, BYTES);
  }
  const current = await document();
  const reply = await ask('host', 'POST', '/agent/v1/report', {
    host: 'host-1',
    generation: current?.generation ?? 0,
    capacity: CAPACITY,
    servers: (current?.servers ?? []).map(serverAsWished),
    volumes: (current?.volumes ?? []).map(volumeAsWished),
    uploads: [],
  });
  assert.equal(reply.status, 204, JSON.stringify(reply.body));
  await app.store.transaction((tx) => tx.db.updateTable('ports').set({ status: 'ACTIVE' }).execute());
  for (const reconciler of [createServerReconciler(app), createVolumeReconciler(app), createImageReconciler(app)]) {
    await reconciler.run();
  }
}
