import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createHostTokens, ensureLocalHost } from '../../src/compute/index.ts';
import type { LocalHost } from '../../src/controller.ts';
import { unauthorized } from '../../src/core/errors.ts';
import type { DomainId, ProjectId, UserId } from '../../src/core/ids.ts';
import type { Log } from '../../src/core/log.ts';
import { runReconciler } from '../../src/core/reconciler.ts';
import { createSignals } from '../../src/core/signals.ts';
import type { App } from '../../src/http/app.ts';
import type { Identity } from '../../src/http/context.ts';
import { createServer } from '../../src/http/server.ts';
import { createReconcilers } from '../../src/reconcilers.ts';
import { services } from '../../src/services.ts';
import { secretsFrom } from '../../src/store/secrets.ts';
import { openSqliteStore, type Store } from '../../src/store/store.ts';
import { sabotaged, sabotagedStore, type Sabotage } from './sabotage.ts';

/** A controller in this process, without sockets: requests are put into its router. */
export interface FuzzController {
  app: App;
  server: FastifyInstance;
  /** Ends it in the middle of whatever it does: what was not committed never is, and nobody gets an answer. */
  kill(): Promise<void>;
  isAlive(): boolean;
}

const identity = (name: string, roles: string[]): Identity => ({
  userId: `user-${name}` as UserId,
  userDomainId: 'default' as DomainId,
  projectId: `project-${name}` as ProjectId,
  projectDomainId: 'default' as DomainId,
  domainId: null,
  system: false,
  roles,
});

const USERS: Record<string, Identity> = {
  admin: identity('admin', ['admin', 'manager', 'member', 'reader']),
  member: identity('member', ['member', 'reader']),
};

const KEY = Buffer.alloc(32, 7);

export interface ControllerOptions {
  directory: string;
  hosts: readonly LocalHost[];
  log: Log;
  /** Milliseconds by which its clock is wrong. */
  skew: number;
  /** Whether reconcilers run by themselves. */
  reconcile?: boolean;
  sabotage?: Sabotage | null;
}

/** The empty database of a new cloud, made once: its migrations take longer than a test. */
export async function makeTemplate(directory: string): Promise<string> {
  const path = join(directory, 'template.db');
  await (await openSqliteStore(path)).close();
  return path;
}

export const fromTemplate = (template: string, directory: string) =>
  copyFileSync(template, join(directory, 'controller.db'));

export async function startFuzzController(options: ControllerOptions): Promise<FuzzController> {
  const { directory, log, skew, sabotage = null } = options;
  const signals = createSignals();
  const abort = new AbortController();
  const opened = await openSqliteStore(join(directory, 'controller.db'), (name) => signals.raise(name));
  const store = mortal(
    sabotagedStore(opened, sabotage, () => abort.abort()),
    abort.signal,
  );
  const tokens = await createHostTokens({ store });
  const app = {
    config: {
      ...{ stateDir: directory, listen: '127.0.0.1', port: 0, publicUrl: 'http://cloud.example:5000' },
      ...{ region: 'RegionOne', ovnNorthbound: null, onServerFailure: 'stop' as const, enforceImageFormat: false },
    },
    ...{ store, log, signals },
    secrets: secretsFrom(KEY),
    clock: { now: () => Date.now() + skew },
    verifyToken(token: string) {
      const known = USERS[token];
      if (!known) throw unauthorized();
      return known;
    },
    renewSession: () => null,
    verifyHost: tokens.verifyHost,
    verifyCertificate: () => {
      throw unauthorized();
    },
    abort: abort.signal,
  } satisfies App;
  for (const host of options.hosts) await ensureLocalHost(app, host);
  const server = createServer(app, services);
  await server.ready();
  if (options.reconcile !== false) {
    for (const reconciler of createReconcilers(app)) {
      runReconciler(sabotaged(reconciler, sabotage), signals, log, abort.signal).catch((error: unknown) =>
        log.error('reconciler', { error }),
      );
    }
  }
  let closing: Promise<void> | null = null;
  return {
    app,
    server,
    isAlive: () => !abort.signal.aborted,
    async kill() {
      abort.abort();
      await (closing ??= opened.close());
    },
  };
}

/** A store whose transactions never begin once its controller was killed. */
function mortal(store: Store, dead: AbortSignal): Store {
  return {
    ...store,
    get read() {
      return store.read;
    },
    transaction: (work) => (dead.aborted ? new Promise(() => undefined) : store.transaction(work)),
  };
}
