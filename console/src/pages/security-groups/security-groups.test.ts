import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellText } from '../../how/operation.ts';
import { en } from '../../text/en/index.ts';
import { fr } from '../../text/fr/index.ts';
import { createRule, type NewRule } from './operations.ts';
import { addressVersion, readPorts, rulesOf, type RuleValues } from './rule-input.ts';
import { sentences } from './sentence.ts';

const NONE = {
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  description: null,
};
const read = (rules: readonly NewRule[], language: 'en' | 'fr' = 'en') =>
  sentences(
    rules.map((rule) => ({ ...NONE, ...rule })),
    {
      words: { en, fr }[language].securityGroups.sentence,
      groupName: (id) => (id === 'db' ? 'database' : id),
      own: 'own',
    },
  );
const texts = (rules: readonly NewRule[], language: 'en' | 'fr' = 'en') =>
  read(rules, language).map(({ text }) => text);

const chosen: RuleValues = {
  direction: 'ingress',
  who: 'anyone',
  addresses: '',
  group: '',
  what: 'https',
  protocol: 'tcp',
  ports: '',
  description: '',
};

test('a choice becomes rules for both versions of IP, and one sentence', () => {
  const rules = rulesOf(chosen);
  assert.deepEqual(
    rules.map(({ ethertype, remote_ip_prefix, port_range_min }) => [ethertype, remote_ip_prefix, port_range_min]),
    [
      ['IPv4', '0.0.0.0/0', 443],
      ['IPv6', '::/0', 443],
    ],
  );
  assert.deepEqual(texts(rules), ['Anyone may reach port 443 (web sites, HTTPS)']);
  assert.deepEqual(texts(rules, 'fr'), ['N’importe qui peut joindre le port 443 (sites web, HTTPS)']);
  assert.equal(read(rules)[0]?.rules.length, 2);
  assert.deepEqual(texts(rules.slice(0, 1)), ['Anyone may reach port 443 (web sites, HTTPS), by IPv4 only']);
  assert.deepEqual(texts(rulesOf({ ...chosen, what: 'ping' })), ['Anyone may reach them by ping']);
  assert.equal(rulesOf({ ...chosen, what: 'dns' }).length, 4);
});

test('addresses, groups, ranges and protocols are said as they are', () => {
  const from = (addresses: string) => texts(rulesOf({ ...chosen, who: 'addresses', addresses, what: 'ssh' }));
  assert.deepEqual(from('192.0.2.0/24'), ['The addresses 192.0.2.0/24 may reach port 22 (SSH)']);
  assert.deepEqual(from('192.0.2.7/32'), ['The address 192.0.2.7 may reach port 22 (SSH)']);
  assert.deepEqual(from('2001:db8::/32'), ['The addresses 2001:db8::/32 may reach port 22 (SSH)']);
  const group = { ...chosen, who: 'group', group: 'db', what: 'other', ports: '8000-8100', protocol: 'udp' } as const;
  assert.deepEqual(texts(rulesOf(group)), ['Servers in “database” may reach the ports 8000 to 8100 (UDP)']);
  assert.deepEqual(texts(rulesOf({ ...group, group: 'own', what: 'everything' }), 'fr'), [
    'Les serveurs de ce même groupe peuvent joindre tout',
  ]);
  assert.deepEqual(texts(rulesOf({ ...chosen, direction: 'egress', what: 'everything' })), [
    'The servers may reach everything anywhere',
  ]);
  assert.deepEqual(texts([{ direction: 'ingress', ethertype: 'IPv4', protocol: '112' }]), [
    'Anyone may reach the protocol 112, by IPv4 only',
  ]);
  assert.deepEqual(texts([{ direction: 'ingress', ethertype: 'IPv4', protocol: '6' }]), [
    'Anyone may reach every TCP port, by IPv4 only',
  ]);
});

test('what anyone may reach and should not is marked', () => {
  const risky = (values: Partial<RuleValues>) => read(rulesOf({ ...chosen, ...values }))[0]?.risky;
  assert.equal(risky({}), false);
  assert.equal(risky({ what: 'everything' }), true);
  assert.equal(risky({ what: 'other', ports: '5432' }), true);
  assert.equal(risky({ what: 'other', ports: '8000-9300' }), true);
  assert.equal(risky({ what: 'other', ports: '5432', who: 'addresses', addresses: '192.0.2.1' }), false);
  assert.equal(risky({ what: 'ping' }), false);
  assert.equal(risky({ what: 'everything', direction: 'egress' }), false);
});

test('what is typed is a port or an address, or is refused', () => {
  assert.deepEqual(readPorts(' 8000 - 8100 '), { from: 8000, to: 8100 });
  assert.deepEqual(['0', '70000', '9-8', 'web', ''].map(readPorts), [null, null, null, null, null]);
  assert.deepEqual(
    [
      '192.0.2.7',
      '192.0.2.0/24',
      '2001:db8::/32',
      '::1',
      '192.0.2.300',
      '192.0.2.0/33',
      'x',
      '::g',
      '1.2.3.4/5/6',
      ':',
    ].map(addressVersion),
    [4, 4, 6, 6, null, null, null, null, null, null],
  );
});

test('a rule is a request and a command', () => {
  const [rule] = rulesOf({ ...chosen, what: 'other', ports: '8000-8100', description: 'tests' });
  assert.ok(rule);
  const { request, command } = createRule({ id: 'g', name: 'web' }, rule);
  assert.deepEqual(request.body, {
    security_group_rule: {
      security_group_id: 'g',
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol: 'tcp',
      port_range_min: 8000,
      port_range_max: 8100,
      remote_ip_prefix: '0.0.0.0/0',
      description: 'tests',
    },
  });
  assert.match(shellText(command ?? []), /--dst-port 8000:8100/);
});
