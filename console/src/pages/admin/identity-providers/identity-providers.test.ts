import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, meaningOf, planOf, ruleOf } from '../../../../../src/sign-in/index.ts';
import { wantedOf, whatIsWrong, type NewProvider } from './new-provider.ts';
import { masked, operationOf } from './operations.ts';
import { redirectUriOf } from './provider-name.ts';
import { FIRST, meaningIn, readRules, valuesOf, type RuleValues, type Things } from './rule-input.ts';

const things: Things = {
  projects: [{ id: 'p', name: 'garden', domain_id: 'default' }],
  groups: [{ id: 'g', name: 'staff', domain_id: 'default' }],
  domains: [{ id: 'default', name: 'Default' }],
};
const account = accountOf(null);

test('what the form says becomes a rule, and the rule the form again', () => {
  const forms: Partial<RuleValues>[] = [
    { who: 'everybody', gets: 'sign-in' },
    { who: 'groups', names: 'volunteers, teachers', gets: 'role', role: 'member', project: 'p' },
    { who: 'groups', names: 'choir', gets: 'role', role: 'reader', newProject: 'choir' },
    { who: 'addresses', names: 'school.example', gets: 'group', group: 'g' },
    { who: 'claim', claim: 'department', names: 'it', gets: 'same-groups' },
  ];
  for (const given of forms) {
    const values = { ...FIRST, ...given };
    const rule = ruleOf(meaningIn(values, account, things));
    const meaning = meaningOf(rule);
    assert.deepEqual(meaning && valuesOf(meaning, things), values, JSON.stringify(rule));
  }
  const meant = (values: Partial<RuleValues>) => meaningIn({ ...FIRST, ...values }, account, things).conditions;
  assert.deepEqual(meant({ who: 'addresses', names: 'ann@School.example\n@b.example' })[0], {
    ...{ kind: 'addresses', domains: ['school.example', 'b.example'] },
  });
});

test('a rule that says more than the form can is left alone', () => {
  const base = meaningIn({ ...FIRST, names: 'a', project: 'p' }, account, things);
  const elsewhere = { kind: 'role', role: 'member', project: 'garden', domain: { id: 'other' } } as const;
  const others = [
    { ...base, account: null },
    { ...base, gifts: [...base.gifts, ...base.gifts] },
    { ...base, conditions: [...base.conditions, ...base.conditions] },
    { ...base, gifts: [elsewhere] },
    { ...base, gifts: [{ ...elsewhere, domain: null }] },
    { ...base, gifts: [{ kind: 'group-id' as const, id: 'gone' }] },
    { ...base, conditions: [{ kind: 'groups' as const, names: ['a, b'], not: false }] },
  ];
  for (const meaning of others) assert.equal(valuesOf(meaning, things), null, JSON.stringify(meaning));
  const byName = { ...elsewhere, domain: { name: 'Default' } };
  assert.equal(valuesOf({ ...base, gifts: [byName] }, things)?.project, 'p', 'where the domain is named');
});

test('what is wrong with a new provider is said by field, and what is shown has no secret', () => {
  const good: NewProvider = {
    ...{ name: 'École', issuer: 'sso.example.org/realms/main/', clientId: 'cloud', clientSecret: 'hidden' },
    ...{ who: 'addresses', names: 'school.example', ownProject: true },
  };
  const wrong = (given: Partial<NewProvider>) => whatIsWrong({ ...good, ...given }, null, new Set(['taken']));
  assert.deepEqual(wrong({}), {});
  assert.deepEqual(wrong({ name: '!', issuer: 'a b', clientId: ' ', who: '' }), {
    ...{ name: 'nameMissing', issuer: 'issuer', clientId: 'clientId', who: 'who' },
  });
  assert.deepEqual(wrong({ name: 'Taken', issuer: 'http://a.example', names: 'school' }), {
    ...{ name: 'nameTaken', issuer: 'insecure', names: 'domains' },
  });
  assert.deepEqual(wrong({ issuer: 'http://127.0.0.1:8080', who: 'groups', names: ' , ' }), { names: 'names' });
  const wanted = wantedOf(good, null, ['sub', 'email']);
  assert.deepEqual([wanted.id, wanted.oidc.issuer], ['ecole', 'https://sso.example.org/realms/main/']);
  const steps = planOf(wanted, { provider: null, domain: null, protocol: null, rules: null }).map(operationOf);
  assert.ok(JSON.stringify(steps).includes('hidden') && !JSON.stringify(steps.map(masked)).includes('hidden'));
  assert.deepEqual(
    steps.map(({ command }) => command?.slice(1, 4).join(' ') ?? null),
    [...['mapping create --rules', 'identity provider create', 'federation protocol create', null]],
  );
  const where = { id: 'e', interface: 'public', region: 'R', region_id: 'R' };
  const endpoint = { ...where, url: 'https://c.example/identity/v3' };
  assert.equal(
    redirectUriOf([{ id: 'k', name: 'keystone', type: 'identity', endpoints: [endpoint] }], ''),
    'https://c.example/session/oidc/callback',
  );
  assert.deepEqual(
    [readRules('{'), readRules('{}'), readRules('[]')],
    [{ wrong: 'json' }, { wrong: 'list' }, { rules: [] }],
  );
});
