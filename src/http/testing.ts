import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { randomBytes } from 'node:crypto';
import { fixedClock } from '../core/clock.ts';
import { unauthorized } from '../core/errors.ts';
import type { DomainId, HostId, ProjectId, UserId } from '../core/ids.ts';
import { createLog, silentLog } from '../core/log.ts';
import { CLOSING, createSignals } from '../core/signals.ts';
import { secretsFrom } from '../store/secrets.ts';
import { openTestStore } from '../store/testing.ts';
import { withCheckedAnswers } from './answers.ts';
import type { App } from './app.ts';
import type { Identity } from './context.ts';
import { createServer } from './server.ts';
import type { Service } from './service.ts';

export interface TestReply {
  status: number;
  headers: Record<string, unknown>;
  /** The parsed JSON body; null when there is none. Untyped, because tests read into answers of every shape. */
  body: any;
}

export interface TestCloud {
  app: App & { clock: ReturnType<typeof fixedClock> };
  request: (
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    options?: { as?: TestUser; body?: unknown; headers?: Record<string, string> },
  ) => Promise<TestReply>;
}

/** Tokens known to `testCloud`: `admin`, and members and readers of two projects. */
export type TestUser = 'admin' | 'member' | 'reader' | 'other' | 'host' | 'nobody';

const identity = (user: string, project: string, roles: string[]): Identity => ({
  userId: user as UserId,
  userDomainId: 'default' as DomainId,
  projectId: project as ProjectId,
  projectDomainId: 'default' as DomainId,
  domainId: null,
  system: false,
  roles,
});

const USERS: Record<string, Identity> = {
  admin: identity('user-admin', 'project-admin', ['admin', 'manager', 'member', 'reader']),
  member: identity('user-member', 'project-demo', ['member', 'reader']),
  reader: identity('user-reader', 'project-demo', ['reader']),
  other: identity('user-other', 'project-other', ['member', 'reader']),
};

/**
 * A cloud of the given services on a fresh database, without sockets: for unit tests of routes. A request throws when its answer
 * is not what its route's response schema says.
 */
export async function testCloud(
  t: Pick<TestContext, 'after'>,
  services: readonly Service[],
  openStore: typeof openTestStore = openTestStore,
): Promise<TestCloud> {
  const stateDir = mkdtempSync(join(tmpdir(), 'potluck-test-'));
  const signals = createSignals();
  const store = await openStore(stateDir, signals);
  const abort = new AbortController();
  const app = {
    config: {
      stateDir,
      listen: '127.0.0.1',
      port: 0,
      publicUrl: 'http://cloud.example:5000',
      region: 'RegionOne',
      ovnNorthbound: null,
      onServerFailure: 'stop' as const,
      enforceImageFormat: true,
      ...(store.database !== undefined && { database: store.database }),
    },
    store,
    secrets: secretsFrom(randomBytes(32)),
    clock: fixedClock(),
    // With the variable set, the cause of a 500.
    log: process.env.POTLUCK_TEST_LOG === undefined ? silentLog : createLog('error'),
    signals,
    verifyToken(token: string) {
      const known = USERS[token];
      if (!known) throw unauthorized();
      return known;
    },
    renewSession: (): Promise<string | null> | null => null,
    verifyHost(token: string) {
      if (token !== 'host') throw unauthorized();
      return 'host-1' as HostId;
    },
    verifyCertificate: () => {
      throw unauthorized();
    },
    abort: abort.signal,
  };
  const misfits: string[] = [];
  const server = createServer(
    app,
    withCheckedAnswers(services, (misfit) => misfits.push(misfit)),
  );
  t.after(async () => {
    abort.abort();
    app.signals.raise(CLOSING);
    await server.close();
    await store.close();
    rmSync(stateDir, { recursive: true });
  });
  return {
    app,
    async request(method, path, { as = 'member', body, headers = {} } = {}) {
      const token: Record<string, string> =
        as === 'nobody' ? {} : as === 'host' ? { authorization: 'Bearer host' } : { 'x-auth-token': as };
      const raw = body instanceof Uint8Array || typeof body === 'string';
      const reply = await server.inject({
        method,
        url: path,
        headers: { ...token, ...(body !== undefined && !raw && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { payload: raw ? (body as string) : JSON.stringify(body) }),
      });
      if (misfits.length > 0) throw new Error(misfits.splice(0).join('\n'));
      return { status: reply.statusCode, headers: reply.headers, body: parsed(reply.body) };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text === '' ? null : text;
  }
}
