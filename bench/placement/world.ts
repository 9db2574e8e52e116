import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostTokens } from '../../src/compute/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { newUuid, type HostId } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/log.ts';
import { createSignals } from '../../src/core/signals.ts';
import type { App } from '../../src/http/app.ts';
import { createServer } from '../../src/http/server.ts';
import { bootstrapIdentity, createIdentity } from '../../src/identity/index.ts';
import { ensureHostProvider, syncHostInventory } from '../../src/placement/index.ts';
import { simCapacity } from '../../src/sim/drivers.ts';
import { services } from '../../src/services.ts';
import { loadSecrets } from '../../src/store/secrets.ts';
import { openSqliteStore } from '../../src/store/store.ts';

/**
 * A controller's requests in this process, with hosts that exist in its rows only. Its reconcilers do not run: what
 * they cost is measured with hosts that answer.
 */
export interface World {
  app: App;
  projectId: string;
  userId: string;
  flavorId: string;
  imageId: string;
  networkId: string;
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

const HOST = { vcpus: 32, memoryMib: 131_072, diskGib: 2000 };

/** Starts a world of `hosts` hosts, each with room for about a hundred servers of its flavor. */
export async function startWorld(hosts: number): Promise<World> {
  const stateDir = mkdtempSync(join(tmpdir(), 'potluck-bench-'));
  const config = {
    ...{ stateDir, listen: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1', region: 'RegionOne' },
    ...{ ovnNorthbound: null, onServerFailure: 'stop' as const, enforceImageFormat: true },
  };
  const signals = createSignals();
  const store = await openSqliteStore(join(stateDir, 'controller.db'), (name) => signals.raise(name));
  const secrets = await loadSecrets(stateDir, store);
  const ground = { store, secrets, clock: systemClock, config, log: silentLog };
  const identity = await createIdentity(ground);
  const { verifyHost } = await createHostTokens({ store });
  const app: App = {
    ...{ ...ground, ...identity, signals, verifyHost, verifyCertificate: verifyHost },
    abort: new AbortController().signal,
  };
  await bootstrapIdentity(app, { adminPassword: 'bench', region: config.region, publicUrl: config.publicUrl });
  const server = createServer(app, services);
  const inject = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, token: string, body?: unknown) => {
    const bytes = body instanceof Uint8Array;
    const type = bytes ? 'application/octet-stream' : 'application/json';
    const reply = await server.inject({
      ...{ method, url: path },
      headers: {
        ...(token !== '' && { 'x-auth-token': token }),
        ...(body !== undefined && { 'content-type': type }),
        'openstack-api-version': 'compute 2.96',
      },
      ...(body !== undefined && { payload: bytes ? Buffer.from(body) : JSON.stringify(body) }),
    });
    if (reply.statusCode >= 400) throw new Error(`${method} ${path}: ${reply.statusCode} ${reply.body}`);
    return reply;
  };
  const user = { name: 'admin', domain: { id: 'default' }, password: 'bench' };
  const auth = {
    identity: { methods: ['password'], password: { user } },
    scope: { project: { name: 'admin', domain: { id: 'default' } } },
  };
  const issued = await inject('POST', '/identity/v3/auth/tokens', '', { auth });
  const token = String(issued.headers['x-subject-token']);
  const who = issued.json<{ token: { project: { id: string }; user: { id: string } } }>().token;
  const call = async <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> => {
    const reply = await inject(method, path, token, body);
    return (reply.body === '' ? null : reply.json<T>()) as T;
  };
  await addHosts(app, hosts);
  const quota = { instances: -1, cores: -1, ram: -1 };
  await call('PUT', `/compute/v2.1/os-quota-sets/${who.project.id}`, { quota_set: quota });
  await call('PUT', `/network/v2.0/quotas/${who.project.id}`, { quota: { port: -1 } });
  const flavor = { id: 'bench', name: 'bench', ram: 1024, disk: 10, vcpus: 1 };
  await call('POST', '/compute/v2.1/flavors', { flavor });
  const image = { name: 'bench', disk_format: 'raw', container_format: 'bare' };
  const { id: imageId } = await call<{ id: string }>('POST', '/image/v2/images', image);
  await call('PUT', `/image/v2/images/${imageId}/file`, new Uint8Array(4096));
  const made = await call<{ network: { id: string } }>('POST', '/network/v2.0/networks', {
    network: { name: 'bench' },
  });
  const subnet = { network_id: made.network.id, cidr: '10.0.0.0/12', ip_version: 4 };
  await call('POST', '/network/v2.0/subnets', { subnet });
  return {
    ...{ app, projectId: who.project.id, userId: who.user.id, flavorId: flavor.id, imageId },
    ...{ networkId: made.network.id, call },
    async close() {
      await server.close();
      await store.close();
      rmSync(stateDir, { recursive: true });
    },
  };
}

async function addHosts(app: App, count: number): Promise<void> {
  // They have not changed lately.
  const now = app.clock.now() - 3_600_000;
  const capacity = JSON.stringify(simCapacity('bench', HOST));
  for (let from = 0; from < count; from += 200) {
    await app.store.transaction(async (tx) => {
      for (let n = from; n < Math.min(count, from + 200); n++) {
        const host = { id: newUuid<'host'>() as HostId, uuid: newUuid(), name: `bench-${n}` };
        await tx.db
          .insertInto('hosts')
          .values({
            ...host,
            ...{ capacity, token_hash: null, enabled: 1, forced_down: 0, generation: 1, reported_generation: 1 },
            // Nobody reports, so they are taken for up as long as the measurement lasts.
            ...{
              last_seen: now + 2 * 3_600_000,
              vcpus: HOST.vcpus,
              memory_mib: HOST.memoryMib,
              disk_gib: HOST.diskGib,
            },
            ...{ created_at: now, updated_at: now },
          })
          .execute();
        await ensureHostProvider(tx, host, now);
        await syncHostInventory(tx, host, HOST, now);
      }
    });
  }
}
