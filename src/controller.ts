import { mkdirSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { attachTunnels, createHostTokens, ensureLocalHost, tunnelsOf } from './compute/index.ts';
import { consoleFiles, serveConsole } from './console/index.ts';
import { letHeapGrow, startRelay } from './controllers/index.ts';
import { systemClock, type Clock } from './core/clock.ts';
import type { HostId } from './core/ids.ts';
import type { Log } from './core/log.ts';
import { noteStates, runReconciler, type ReconcilerState } from './core/reconciler.ts';
import { CLOSING, createSignals, type Signals } from './core/signals.ts';
import { knownCertificates, startAgentEndpoint, writeIdentityFiles, type AgentEndpoint } from './enrolment/index.ts';
import type { App, Config } from './http/app.ts';
import { followConnections } from './http/connections.ts';
import { BACKLOG } from './http/limits.ts';
import { createServer } from './http/server.ts';
import { bootstrapIdentity, createIdentity } from './identity/index.ts';
import { createReconcilers } from './reconcilers.ts';
import { agentEndpointServices, services } from './services.ts';
import { keepLeases } from './store/leases.ts';
import { loadSecrets } from './store/secrets.ts';
import { openStore, type Store } from './store/store.ts';

/** The host that shares this machine with the controller: enrolled at start with a token both can read. */
export interface LocalHost {
  id: HostId;
  name: string;
  token: string;
}

export interface Controller {
  app: App;
  server: FastifyInstance;
  /** Ends requests and reconcilers, then closes the database. */
  close(): Promise<void>;
}

interface Options {
  log: Log;
  clock?: Clock;
  adminPassword: string | null;
  localHosts: readonly LocalHost[];
}

/**
 * Starts a controller: database, first admin, APIs and reconcilers. Throws OperatorError when the database is of a
 * newer release.
 */
export async function startController(config: Config, options: Options): Promise<Controller> {
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 });
  const local = createSignals();
  const store = await openStore(config, local);
  // Who raises a signal outside of a transaction means the reconcilers and agents of every controller.
  const raise = (name: string) => {
    local.raise(name);
    store.notify(name);
  };
  try {
    return await startOn(store, { ...local, raise }, (name) => local.raise(name), config, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startOn(
  store: Store,
  signals: Signals,
  wake: (signal: string) => void,
  config: Config,
  options: Options,
): Promise<Controller> {
  const { log, clock = systemClock } = options;
  const secrets = await loadSecrets(config.stateDir, store);
  const abort = new AbortController();
  const draining = new AbortController();
  const identity = await createIdentity({ store, secrets, clock, config, log });
  const hosts = await createHostTokens({ store });
  const reconcilers = new Map<string, ReconcilerState>();
  const noteState = noteStates(reconcilers, () => clock.now());
  const app: App = {
    config,
    store,
    secrets,
    clock,
    log,
    signals,
    reconcilers,
    verifyToken: identity.verifyToken,
    renewSession: identity.renewSession,
    verifyHost: hosts.verifyHost,
    verifyCertificate: (fingerprint) => knownCertificates({ store, clock }).verify(fingerprint),
    draining: draining.signal,
    abort: abort.signal,
  };
  await bootstrapIdentity(app, {
    adminPassword: options.adminPassword,
    region: config.region,
    publicUrl: config.publicUrl,
  });
  for (const host of options.localHosts) await ensureLocalHost(app, host);
  await letHeapGrow(store.read);
  if (store.kind === 'postgres') {
    app.relay = await startRelay({
      ...{ store, secrets, log, listen: config.listen, port: config.relayPort ?? 0, address: config.relayAddress },
      expects: (id) => tunnelsOf(app).expects(id),
      accept: (id, socket) => tunnelsOf(app).accept(id, socket),
    });
  }
  const server = createServer(app, services);
  serveConsole(server, { directory: consoleFiles(join(import.meta.dirname, '..')), services });
  attachTunnels(server, app);
  const endConnections = followConnections(server.server);
  await server.listen({ host: config.listen, port: config.port, backlog: BACKLOG });
  const endpoint = await openToHosts(app);
  const all = createReconcilers(app, endpoint);
  const shared = all.filter(({ everywhere }) => everywhere !== true);
  const leases = await keepLeases(store, {
    names: shared.map(({ name }) => name),
    log,
    onGained: (name) => shared.filter((one) => one.name === name).forEach(({ signal }) => wake(signal)),
  });
  const running = all.map((one) =>
    runReconciler(
      one,
      app.signals,
      log,
      abort.signal,
      () => one.everywhere === true || leases.held(one.name),
      noteState(one.name),
    ),
  );
  log.info('controller-started', { url: config.publicUrl, port: config.port });
  return {
    app,
    server,
    async close() {
      // Balancers are told first, and have time to go elsewhere.
      draining.abort();
      await new Promise((resolve) => setTimeout(resolve, config.drainMilliseconds ?? 0));
      abort.abort();
      wake(CLOSING);
      const closing = server.close();
      endConnections();
      await Promise.all([closing, endpoint?.close(), app.relay?.close()]);
      await Promise.all(running);
      await leases.release();
      await store.close();
    },
  };
}

/** Starts the agent endpoint, if this controller lets machines in. */
async function openToHosts(app: App): Promise<AgentEndpoint | null> {
  const { agentUrl, agentPort, publicUrl, listen, stateDir } = app.config;
  if (agentUrl === undefined || agentPort === undefined) return null;
  const names = [agentUrl, publicUrl].map((url) => new URL(url).hostname.replaceAll(/^\[|\]$/g, ''));
  const reachedAs = [...new Set([...names, 'localhost', '127.0.0.1', '::1'])];
  const directory = join(stateDir, 'tls');
  const endpoint = await startAgentEndpoint(app, {
    ...{ listen, port: agentPort, reachedAs, services: agentEndpointServices },
    onIdentity: (identity) => writeIdentityFiles(directory, identity),
  });
  app.log.info('agent-endpoint', { url: agentUrl, port: endpoint.port });
  return endpoint;
}

/** The first admin's password, as `up` left it; null when there is no such file. */
export function readBootstrap(stateDir: string): { adminPassword: string } | null {
  const path = join(stateDir, 'bootstrap.json');
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, 'utf8')) as { adminPassword: string };
}
