import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { createSignals } from '../../src/core/signals.ts';
import { eventsService } from '../../src/events/index.ts';
import type { App } from '../../src/http/app.ts';
import { createServer } from '../../src/http/server.ts';
import { createIdentity } from '../../src/identity/index.ts';
import { bootstrapIdentity } from '../../src/identity/index.ts';
import { identityService } from '../../src/identity/index.ts';
import { loadSecrets } from '../../src/store/secrets.ts';
import { openSqliteStore } from '../../src/store/store.ts';

/*
 * The controller's side of the measurement: real tokens, store and HTTP. A message `{changes, project}` makes so many
 * changes a second in that project until the next one; each answers with the processor time used since the last.
 */

const stateDir = mkdtempSync(join(tmpdir(), 'potluck-bench-events-'));
const config = {
  ...{ stateDir, listen: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1', region: 'RegionOne' },
  ...{ ovnNorthbound: null, onServerFailure: 'stop' as const, enforceImageFormat: true },
};
const store = await openSqliteStore(join(stateDir, 'controller.db'));
const ground = { store, secrets: await loadSecrets(stateDir, store), clock: systemClock, config, log: silentLog };
const refuse = () => {
  throw new Error('no hosts here');
};
const app: App = {
  ...{ ...ground, ...(await createIdentity(ground)), signals: createSignals() },
  ...{ verifyHost: refuse, verifyCertificate: refuse, abort: new AbortController().signal },
};
await bootstrapIdentity(app, { adminPassword: 'bench', region: config.region, publicUrl: config.publicUrl });
const server = createServer(app, [identityService, eventsService]);
await server.listen({ host: '127.0.0.1', port: 0 });

let timer: NodeJS.Timeout | undefined;
let made = 0;
let used = process.cpuUsage();

process.on('message', ({ changes, project }: { changes: number; project: string }) => {
  clearInterval(timer);
  const { user, system } = process.cpuUsage(used);
  process.send?.({ made, seconds: (user + system) / 1e6, rss: process.memoryUsage().rss });
  used = process.cpuUsage();
  made = 0;
  if (changes === 0) return;
  const begun = performance.now();
  timer = setInterval(() => {
    while (made < ((performance.now() - begun) / 1000) * changes) void change(project, made++);
  }, 5);
});
process.on('disconnect', () => {
  rmSync(stateDir, { recursive: true });
  process.exit();
});

function change(project: string, number: number): Promise<unknown> {
  const id = `${Date.now()}-${number}`;
  const row = { id, project_id: project, user_id: 'u', name: id, policy: 'affinity' as const, created_at: 0 };
  return store.transaction((tx) => tx.db.insertInto('server_groups').values(row).execute());
}

const address = server.server.address();
process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
