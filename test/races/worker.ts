import { parentPort, workerData } from 'node:worker_threads';
import { createServers } from '../../src/compute/create.ts';
import { planCreate, type CreateRequest } from '../../src/compute/create-input.ts';
import { removeServer, serverById } from '../../src/compute/servers-store.ts';
import { systemClock } from '../../src/core/clock.ts';
import { ApiError } from '../../src/core/errors.ts';
import type { ServerId } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/log.ts';
import { createSignals } from '../../src/core/signals.ts';
import type { App, Config } from '../../src/http/app.ts';
import { systemContext, type Context } from '../../src/http/context.ts';
import { secretsFrom } from '../../src/store/secrets.ts';
import { seededDelays } from '../../src/sim/time.ts';
import { openStore } from '../../src/store/store.ts';

/** What one of several controllers does at the same time as the others: makes servers, and deletes some of its own. */
export interface Orders {
  config: Config;
  seed: number;
  requests: number;
  imageId: string;
  networkId: string;
  groups: string[];
}

const { config, seed, requests, imageId, networkId, groups } = workerData as Orders;
const throws = seededDelays(seed, 999_999);
const dice = () => throws() / 1_000_000;
const signals = createSignals();
const store = await openStore(config, signals);
const app: App = {
  ...{ config, store, signals, secrets: secretsFrom(Buffer.alloc(32)), clock: systemClock, log: silentLog },
  ...{
    verifyToken: refuse,
    renewSession: () => null,
    verifyHost: refuse,
    verifyCertificate: refuse,
    abort: new AbortController().signal,
  },
};

function refuse(): never {
  throw new Error('nobody asks over HTTP here');
}

const context = (): Context => ({
  ...systemContext(systemClock.now()),
  ...{ projectId: 'project-demo', userId: 'user-member', isAdmin: false, roles: ['member', 'reader'] },
});

async function create(group: string | undefined, count: number): Promise<ServerId[]> {
  const body: CreateRequest = {
    server: { name: 'race', flavorRef: '1', imageRef: imageId, networks: [{ uuid: networkId }], max_count: count },
    ...(group !== undefined && { 'os:scheduler_hints': { group } }),
  };
  const plan = await planCreate(app.store.read, context(), { major: 2, minor: 96 }, body);
  return (await createServers(app, context(), body, plan)).ids;
}

const remove = (id: ServerId) =>
  store.transaction(async (tx) => removeServer(tx, await serverById(tx.db, context(), id), systemClock.now()));

const refused: string[] = [];
const own: ServerId[] = [];
await Promise.all(
  Array.from({ length: 8 }, async () => {
    for (let n = 0; n < requests / 8; n++) {
      try {
        const group = dice() < 0.5 ? groups[Math.floor(dice() * groups.length)] : undefined;
        own.push(...(await create(group, dice() < 0.2 ? 3 : 1)));
        if (dice() < 0.3) {
          const [id] = own.splice(Math.floor(dice() * own.length), 1);
          if (id !== undefined) await remove(id);
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refused.push(error.publicMessage);
      }
    }
  }),
);
await store.close();
parentPort?.postMessage(refused);
