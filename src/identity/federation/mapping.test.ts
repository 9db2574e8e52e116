import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rule } from '../wire/mappings.ts';
import { checkRules } from '../wire/mappings.ts';
import { applyMapping } from './mapping.ts';

const ANN = {
  sub: ['42'],
  name: ['Ann'],
  email: ['ann@school.example'],
  groups: ['teachers', 'choir', 'cn=staff'],
  odd: ['a;b'],
};
const apply = (...rules: Rule[]) => applyMapping(rules, ANN);
const user = { user: { id: '{0}', name: '{1}' } };
const base = [{ type: 'sub' }, { type: 'name' }];

test('values of claims go where the rule says, and rules that apply are added up', () => {
  const mapped = apply(
    { local: [user], remote: base },
    {
      local: [{ group: { name: 'staff', domain: { name: 'Default' } } }],
      remote: [{ type: 'groups', any_one_of: ['teachers'] }],
    },
    { local: [{ group: { id: 'g1' } }], remote: [{ type: 'groups', any_one_of: ['^cn='], regex: true }] },
    { local: [{ group: { id: 'no' } }], remote: [{ type: 'groups', not_any_of: ['choir'] }] },
    { local: [{ group: { id: 'none' } }], remote: [{ type: 'missing' }] },
    {
      local: [{ projects: [{ name: 'of {0}', roles: [{ name: 'member' }, { name: 'reader' }] }] }],
      // A condition gives no value: {0} is what follows it.
      remote: [{ type: 'groups', any_one_of: ['choir'] }, { type: 'name' }],
    },
  );
  assert.deepEqual(mapped, {
    user: { id: '42', name: 'Ann', type: 'ephemeral' },
    groups: [{ name: 'staff', domain: { name: 'Default' } }, { id: 'g1' }],
    projects: [{ name: 'of Ann', roles: ['member', 'reader'] }],
  });
});

test('lists are filtered and passed on whole', () => {
  const domain = { id: 'default' };
  const names = (remote: Rule['remote'][number], groups = '{0}') =>
    apply({ local: [{ groups, domain }], remote: [remote] })?.groups.map((group) =>
      'name' in group ? group.name : '',
    );
  assert.deepEqual(names({ type: 'groups' }), ANN.groups);
  assert.deepEqual(names({ type: 'groups', whitelist: ['choir', 'band'] }), ['choir']);
  assert.deepEqual(names({ type: 'groups', blacklist: ['choir'] }), ['teachers', 'cn=staff']);
  assert.deepEqual(names({ type: 'groups', blacklist: ['^c'], regex: true }), ['teachers']);
  assert.deepEqual(names({ type: 'groups', whitelist: ['nothing'] }), []);
  assert.deepEqual(names({ type: 'name' }, 'one;{0}'), ['one', 'Ann']);
  assert.deepEqual(names({ type: 'odd' }), ['a;b'], 'a value of a claim is one value, whatever is in it');
});

test('nobody gets in by no rule, nor by a name that is not one', () => {
  assert.equal(
    apply({ local: [user], remote: [...base, { type: 'email', any_one_of: ['@other'], regex: true }] }),
    null,
  );
  assert.throws(() => apply({ local: [{ user: { name: '{0}' } }], remote: [{ type: 'groups' }] }), /several values/);
  assert.throws(
    () => apply({ local: [{ user: { name: '{0}' } }], remote: [{ type: 'groups', whitelist: ['x'] }] }),
    /no values/,
  );
});

test('rules that cannot be meant are refused with the reason', () => {
  const refused = (local: Rule['local'][number], remote: Rule['remote'][number], why: RegExp) =>
    assert.throws(() => checkRules([{ local: [local], remote: [remote] }]), why);
  refused(user, { type: 'sub' }, /no value for \{1\}/);
  refused({ user: { name: '{0}' } }, { type: 'sub', any_one_of: ['x'] }, /no value for \{0\}/);
  refused({}, { type: 'sub', whitelist: ['a'], blacklist: ['b'] }, /whitelist and blacklist/);
  refused({}, { type: 'sub', any_one_of: ['('], regex: true }, /no regular expression/);
  refused({ group: { name: 'x' } }, { type: 'sub' }, /needs a domain/);
  refused({ groups: '{0}' }, { type: 'sub' }, /need a domain/);
});
