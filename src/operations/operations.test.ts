import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoSeconds } from '../core/clock.ts';
import { computeCloud } from '../compute/testing.ts';
import { runReconciler, noteStates, type ReconcilerState } from '../core/reconciler.ts';
import { silentLog } from '../core/log.ts';
import { createSignals } from '../core/signals.ts';
import { operationsService } from './index.ts';

const V1 = '/operations/v1';

test('hosts, what is under way, quotas and health by one request each', async (t) => {
  const cloud = await computeCloud(t, [operationsService]);
  const get = async (path: string, as: 'admin' | 'member' | 'reader' = 'admin') => {
    const { status, body } = await cloud.request('GET', `${V1}${path}`, { as });
    return status === 200 ? body : status;
  };
  await cloud.app.store.transaction(({ db }) =>
    db
      .insertInto('projects')
      .values(
        ['project-demo', 'project-other'].map((id) => ({
          ...{ id: id as never, domain_id: null, parent_id: null, is_domain: 0 as const, name: id },
          ...{ description: '', enabled: 1 as const, options: '{}', extra: '{}', created_at: 0 },
        })),
      )
      .execute(),
  );
  const id = await cloud.boot();
  const [host] = (await get('/hosts')).hosts;
  assert.deepEqual([host.name, host.state, host.servers, host.pending_changes], ['alpha', 'up', 1, true]);
  assert.deepEqual(host.vcpus, { used: 1, total: 4, limit: 64 });
  assert.equal(host.qemu_version, '7.2.0');
  assert.equal(host.load, null);
  const written = () => cloud.app.store.read.selectFrom('hosts').selectAll().execute();
  await cloud.report();
  const before = await written();
  await cloud.report(undefined, { load: { cpuPercent: 37, memoryUsedMib: 1024 } });
  const at = isoSeconds(cloud.app.clock.now());
  assert.deepEqual((await get('/hosts')).hosts[0].load, { at, cpu_percent: 37, memory_used_mib: 1024 });
  assert.deepEqual(await written(), before, 'a load is never written down');
  const { jobs } = await get('/jobs');
  assert.deepEqual(
    jobs.map((job: Record<string, unknown>) => [job['kind'], job['id'], job['doing'], job['host'], job['late']]),
    [['servers', id, 'create', 'alpha', false]],
  );
  assert.match(jobs[0].request_id, /^req-/);
  await cloud.converge();
  assert.deepEqual((await get('/jobs')).jobs, []);

  const [own] = (await get('/quotas', 'reader')).quotas;
  assert.deepEqual(own.project, { id: 'project-demo', name: 'project-demo' });
  assert.deepEqual(
    [own.compute.instances, own.compute.cores],
    [
      { limit: 10, used: 1 },
      { limit: 20, used: 1 },
    ],
  );
  assert.deepEqual([own.network.port.used, own.volume.volumes], [1, { limit: 10, used: 0 }]);
  const all = (await get('/quotas?all_projects=true')).quotas;
  assert.deepEqual(
    all.map((one: { compute: { instances: { used: number } } }) => one.compute.instances.used),
    [1, 0],
  );
  assert.equal(
    (await get('/quotas?all_projects=true&limit=1&marker=project-demo')).quotas[0].project.id,
    'project-other',
  );
  assert.equal((await get('/quotas?project_id=project-other')).quotas.length, 1);
  assert.equal(await get('/quotas?project_id=none'), 404);
  for (const query of ['project_id=project-other', 'all_projects=1'])
    assert.equal(await get(`/quotas?${query}`, 'member'), 403);
  assert.equal(await get('/quotas?all_projects=perhaps'), 400);

  const where = (await get(`/placement?flavor=1&image=${cloud.imageId}`)).placement;
  assert.deepEqual([where.candidates, where.reason], [['alpha'], null]);
  const nowhere = (await get('/placement?flavor=1&zone=east')).placement;
  assert.match(nowhere.reason, /^No valid host was found\. 1 host: 1 in another zone than east/);
  assert.deepEqual(nowhere.objections[0].names, ['alpha (nova)']);
  assert.equal(await get('/placement?flavor=none'), 400);

  assert.deepEqual(await get('/health'), {
    services: [
      { name: 'database', detail: cloud.app.store.kind, state: 'up', reason: null, since: null },
      { name: 'agent', detail: 'alpha', state: 'up', reason: null, since: host.last_seen },
    ],
  });
  for (const path of ['/hosts', '/jobs', '/health', '/placement?flavor=1'])
    assert.equal(await get(path, 'member'), 403);
});

test('how a reconciler fares is known, with why it fails and since when', async () => {
  const states = new Map<string, ReconcilerState>();
  let now = 1;
  const abort = new AbortController();
  const signals = createSignals();
  let runs = 0;
  const reconciler = {
    ...{ name: 'ovn', signal: 'ovn', every: 1 },
    async run() {
      now++;
      if (++runs === 3) abort.abort();
      if (runs > 1) throw new Error('no way there');
    },
  };
  const note = noteStates(states, () => now)('ovn');
  assert.deepEqual(states.get('ovn'), { name: 'ovn', state: 'new', since: 1, reason: null });
  await runReconciler(reconciler, signals, silentLog, abort.signal, () => true, note);
  assert.deepEqual(states.get('ovn'), { name: 'ovn', state: 'failing', since: 3, reason: 'no way there' });
});
