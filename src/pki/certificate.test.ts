import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { issueCertificate } from './certificate.ts';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const DAY = 24 * 60 * 60_000;
const NOW = Date.UTC(2026, 0, 1);

test('OpenSSL reads what was issued as it was meant', () => {
  const authority = pair();
  const signer = { name: 'Potluck \u{1F372} authority', key: authority.privateKey };
  const ca = new X509Certificate(
    issueCertificate(
      {
        name: signer.name,
        publicKey: authority.publicKey,
        use: 'authority',
        notBefore: NOW,
        notAfter: Date.UTC(2056, 0),
      },
      signer,
    ),
  );
  assert.ok(ca.ca && ca.verify(ca.publicKey) && ca.checkIssued(ca));
  assert.equal(ca.validToDate.getTime(), Date.UTC(2056, 0), 'a year beyond 2049 has four digits');

  const host = pair();
  const reachedAs = ['cloud.example', '192.0.2.1', '2001:db8::5', '::1', '2001:db8:1:2:3:4:5:6'];
  const span = { notBefore: NOW, notAfter: NOW + 30 * DAY };
  const leaf = new X509Certificate(
    issueCertificate({ name: 'host-1', publicKey: host.publicKey, use: 'server', reachedAs, ...span }, signer),
  );
  assert.ok(!leaf.ca && leaf.checkIssued(ca) && leaf.verify(ca.publicKey) && leaf.checkPrivateKey(host.privateKey));
  assert.equal(leaf.subject, 'CN=host-1');
  assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(leaf.checkHost('cloud.example'), 'cloud.example');
  assert.equal(leaf.checkHost('other.example'), undefined);
  for (const address of reachedAs.slice(1)) assert.equal(leaf.checkIP(address), address);
  assert.equal(leaf.checkIP('2001:db8::6'), undefined);
  assert.equal(leaf.validFromDate.getTime(), NOW);
  assert.equal(leaf.validToDate.getTime(), NOW + 30 * DAY);
  assert.ok(!leaf.verify(host.publicKey), 'of nobody but the authority');
});
