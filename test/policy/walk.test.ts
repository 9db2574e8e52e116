import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DIRECTORY, matrixOf } from './matrix.ts';
import { walkAll, type Walked } from './walk.ts';

const nameOf = ({ operation }: Walked) => `${operation.service.name}:${operation.name}`;

/** What project members do to things of their project, and another project's member may see of it all the same. */
const SHARED: readonly string[] = [
  // What everybody with a token sees.
  ...['compute:flavors:show', 'compute:flavors:list-extra-specs', 'compute:flavors:show-extra-spec'],
  ...['compute:extensions:show', 'compute:quota-sets:defaults', 'network:extension:show'],
  ...['network:default_security_group_rule:show', 'volume:group-types:show', 'volume:types:show'],
  ...['volume:types:list-extra-specs', 'identity:regions:show', 'identity:registered-limits:show'],
  // Their own: the domain they are of, the image lent to them, the volume given to who knows the key.
  ...['identity:domains:show', 'image:members:list', 'image:members:show'],
  ...['volume:os-volume-transfer:accept', 'volume:volume-transfers:accept'],
];

/** What needs no role to change something: oneself, by one's password. */
const BY_READERS: readonly string[] = [
  'identity:auth:create-token',
  'identity:users:change-password',
  ...['session:sessions:create', 'session:sessions:delete', 'session:sessions:end', 'session:sessions:end-others'],
  'compute:keypairs:create',
  'volume:volumes:os-show_image_metadata',
];

test('every operation of the router, asked for as everybody', async (t) => {
  const byService = await walkAll(t);
  const all = [...byService.values()].flat();
  /** The names of those that break a rule. */
  const broken = (breaks: (one: Walked) => boolean) => all.filter(breaks).map(nameOf);

  await t.test('each has a case in which somebody is let through', () => {
    const reached = (one: Walked) =>
      Object.values(one.statuses).some(
        (status) => status < 400 || status === 410 || status === one.given.answers?.status,
      );
    const lost = all.filter((one) => !reached(one));
    assert.deepEqual(
      lost.map((one) => `${nameOf(one)}: ${JSON.stringify(one.answers.admin)}`),
      [],
      'give these a case in test/policy/things/',
    );
  });

  await t.test('none answers with a fault of ours', () => {
    const faults = broken(({ statuses }) => Object.values(statuses).some((status) => status >= 500 && status !== 501));
    assert.deepEqual(faults, []);
  });

  await t.test('without a token there is nothing but what is public', () => {
    const open = broken(({ operation, statuses }) => operation.rule !== 'public' && statuses.nobody !== 401);
    assert.deepEqual(open, []);
  });

  await t.test('what is in one project is not there for a member of another', () => {
    const seen = all.filter(({ operation: { path, rule }, statuses }) => {
      const ofProject = /[:*]/.test(path) && rule !== 'public' && statuses['project-member'] < 400;
      return ofProject && statuses['other-member'] < 400;
    });
    assert.deepEqual(
      seen.map(nameOf).filter((name) => !SHARED.includes(name)),
      [],
    );
  });

  await t.test('a reader changes nothing', () => {
    const changed = broken(
      ({ operation, statuses }) => operation.route.method !== 'GET' && statuses['project-reader'] < 400,
    );
    assert.deepEqual(
      changed.filter((name) => !BY_READERS.includes(name)),
      [],
    );
  });

  await t.test('a token for a domain opens nothing but identity, and the trail of its domain', () => {
    const opened = broken(({ operation, statuses }) => {
      const elsewhere = operation.service.name !== 'identity' && operation.service.name !== 'audit';
      const open = ['public', 'agent', 'authenticated'].includes(operation.rule);
      return elsewhere && !open && (statuses['domain-admin'] < 400 || statuses['domain-manager'] < 400);
    });
    assert.deepEqual(opened, []);
  });

  await t.test('whatever was written is in the audit trail, in the transaction that wrote it', () => {
    const untold = all.flatMap((one) => {
      if (one.operation.rule === 'agent') return [];
      const missing = one.audited.some(({ rows, written }) => {
        const told = rows.some((row) => !row.unchanged);
        // A request that says it changed nothing has written its own row alone.
        return !told && written > rows.length;
      });
      return missing ? [nameOf(one)] : [];
    });
    assert.deepEqual(untold, []);
    const unnamed = all.flatMap(({ audited }) =>
      audited
        .flatMap(({ rows }) => rows.map((row) => row.operation))
        .filter((name) => !byService.has(name.split(':')[0] ?? '')),
    );
    assert.deepEqual(unnamed, [], 'an operation begins with its service');
  });

  await t.test('each successful change has a row, also one that found everything as asked', () => {
    const silent = broken(
      ({ operation, audited }) =>
        operation.route.method !== 'GET' && operation.rule !== 'agent' && audited.some(({ rows }) => rows.length === 0),
    );
    assert.deepEqual(silent, []);
  });

  await t.test('the checked-in matrices say so', () => {
    for (const [service, walked] of byService) {
      const text = readFileSync(join(DIRECTORY, `${service}.txt`), 'utf8');
      assert.equal(text, matrixOf(service, walked), `read what changed, then: node test/policy/write.ts`);
    }
    const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.txt'));
    assert.deepEqual(files.sort(), [...byService.keys()].map((name) => `${name}.txt`).sort());
  });
});
