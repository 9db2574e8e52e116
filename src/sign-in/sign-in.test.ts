import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRules } from '../identity/wire/mappings.ts';
import { applyMapping } from '../identity/federation/mapping.ts';
import { accountOf, ENGLISH, idOf, issuerOf, meaningOf, planOf, ruleOf, rulesFor, sentenceOf } from './index.ts';
import type { Meaning, Rule } from './index.ts';

const account = accountOf(null);
const read = (rule: Rule) => {
  const meaning = meaningOf(rule);
  return meaning && sentenceOf(meaning, ENGLISH);
};

test('a rule is written as it is meant, read back the same, and taken by the cloud', () => {
  const means: [Meaning, string][] = [
    [{ conditions: [], account, gifts: [] }, 'All who have an account there may sign in'],
    [
      {
        conditions: [{ kind: 'groups', names: ['benevoles', 'profs'], not: false }],
        account,
        gifts: [
          { kind: 'role', role: 'member', project: 'antenne-lyon', domain: { id: 'default' } },
          { kind: 'group', name: 'staff', domain: { id: 'default' } },
        ],
      },
      'Members of “benevoles” or “profs” get the role member in the project “antenne-lyon”, and are in the group “staff” here',
    ],
    [
      {
        conditions: [
          { kind: 'addresses', domains: ['school.example'] },
          { kind: 'checked-address' },
          { kind: 'groups', names: ['guests'], not: true },
        ],
        account: { id: 'sub', name: 'email', email: 'email' },
        gifts: [
          { kind: 'same-groups', domain: { name: 'Default' } },
          { kind: 'group-id', id: 'abc' },
        ],
      },
      'People with a mail address at school.example that the provider has checked, if also people who are not in “guests” are in the groups here that are called as theirs there, and are in the group “abc” here',
    ],
    [
      { conditions: [{ kind: 'claim', claim: 'hd', values: ['a.example'], not: false }], account: null, gifts: [] },
      'People whose “hd” is “a.example” may sign in',
    ],
  ];
  for (const [meaning, sentence] of means) {
    const rule = ruleOf(meaning);
    checkRules([rule]);
    if (meaning.account) assert.deepEqual(meaningOf(rule), meaning, JSON.stringify(rule));
    assert.equal(read(rule), sentence);
    assert.ok(JSON.stringify(rule).length > 10);
  }
});

test('rules that others wrote are read where words do for them, and else left alone', () => {
  const known: Rule = {
    remote: [{ type: 'OIDC-sub' }, { type: 'HTTP_OIDC_GROUPS', any_one_of: ['choir'] }],
    local: [{ user: { id: '{0}' }, group: { name: 'choir', domain: { name: 'Default' } } }],
  };
  assert.equal(read(known), 'Members of “choir” are in the group “choir” here');
  const sub = { type: 'OIDC-sub' };
  const more: Rule[] = [
    { remote: [{ type: 'REMOTE_USER' }], local: [{ user: { name: '{0}' } }] },
    { remote: [{ type: 'OIDC-groups', whitelist: ['a'] }], local: [{ groups: '{0}', domain: { id: 'default' } }] },
    { remote: [{ type: 'OIDC-name', regex: true, any_one_of: ['^a'] }], local: [{ user: {} }] },
    { remote: [sub], local: [{ user: { name: '{0}', type: 'local' } }] },
    { remote: [sub], local: [{ user: { name: 'prefix-{0}' } }] },
    { remote: [sub, { type: 'OIDC-phone' }], local: [{ user: { id: '{0}' } }] },
    { remote: [sub], local: [{ projects: [{ name: '{0}', roles: [{ name: 'member' }] }] }] },
    { remote: [sub], local: [{ group_ids: '{0}' }] },
    { remote: [sub], local: [{ user: { id: '{0}' } }, { user: { id: '{0}' } }] },
  ];
  for (const rule of more) assert.equal(meaningOf(rule), null, JSON.stringify(rule));
});

test('who may sign in, and what groups get, as rules that do so', () => {
  const rules = rulesFor({
    who: { kind: 'addresses', domains: ['school.example'] },
    grants: [
      { group: null, role: 'reader', project: 'common' },
      { group: 'choir', role: 'member', project: 'choir' },
    ],
    account,
    domain: 'default',
  });
  checkRules(rules);
  const ann = {
    'OIDC-sub': ['42'],
    'OIDC-preferred_username': ['ann'],
    'OIDC-email': ['ann@school.example'],
    'OIDC-email_verified': ['true'],
  };
  const domain = { id: 'default' };
  const common = { name: 'common', roles: ['reader'], domain };
  const user = { type: 'ephemeral', id: '42', name: 'ann' };
  assert.deepEqual(applyMapping(rules, ann), { user, groups: [], projects: [common] });
  assert.deepEqual(applyMapping(rules, { ...ann, 'OIDC-groups': ['choir'] })?.projects, [
    common,
    { name: 'choir', roles: ['member'], domain },
  ]);
  for (const email of ['ann@school.example.evil.example', 'ann@schoolxexample', 'ann@myschool.example']) {
    assert.equal(applyMapping(rules, { ...ann, 'OIDC-email': [email] }), null, email);
  }
  assert.equal(applyMapping(rules, { ...ann, 'OIDC-email_verified': ['false'], 'OIDC-groups': ['choir'] }), null);
  const narrow = { who: { kind: 'groups' as const, names: ['a'] }, account, domain: 'default' };
  const grant = (group: string) => ({ group, role: 'member', project: 'p' });
  const sentences = rulesFor({ ...narrow, grants: [grant('a'), grant('b')] }).map(read);
  assert.deepEqual(sentences, [
    'Members of “a” may sign in',
    'Members of “a” get the role member in the project “p”',
    'Members of “a”, if also members of “b” get the role member in the project “p”',
  ]);
});

test('a provider is set up in an order in which nobody comes in too early, and a second time goes on', () => {
  const oidc = { display_name: 'École', issuer: 'https://sso.example', client_id: 'c', own_project: false };
  const rules = rulesFor({ who: { kind: 'everybody' }, grants: [], account, domain: 'default' });
  const wanted = { id: 'ecole', oidc, rules };
  const steps = (known: Parameters<typeof planOf>[1]) =>
    planOf(wanted, known).map((one) => `${one.method} ${one.path}`);
  const base = '/OS-FEDERATION/identity_providers/ecole';
  assert.deepEqual(steps({ provider: null, domain: null, protocol: null, rules: null }), [
    'PUT /OS-FEDERATION/mappings/ecole',
    `PUT ${base}`,
    `PUT ${base}/protocols/openid`,
    `PUT ${base}/protocols/openid/oidc`,
  ]);
  assert.deepEqual(
    steps({
      provider: { remote_ids: ['https://old.example'] },
      domain: 'd',
      protocol: { id: 'x', mapping_id: 'm' },
      rules: [],
    }),
    ['PATCH /OS-FEDERATION/mappings/m', `PATCH ${base}`, `PUT ${base}/protocols/x/oidc`],
  );
  const all = { provider: { remote_ids: [oidc.issuer] }, domain: 'd', protocol: { id: 'x', mapping_id: 'm' }, rules };
  assert.deepEqual(steps(all), [`PUT ${base}/protocols/x/oidc`]);
});

test('what a person writes becomes an id and an issuer', () => {
  assert.equal(idOf('Compte de l’Association – École n° 3'), 'compte-de-l-association-ecole-n-3');
  assert.equal(issuerOf(' sso.example.org/realms/main '), 'https://sso.example.org/realms/main');
  assert.equal(issuerOf('https://a.example/.well-known/openid-configuration'), 'https://a.example');
  assert.equal(accountOf(['sub', 'email', 'name']).name, 'email');
});
