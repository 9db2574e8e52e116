import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudsYaml } from '../../../../src/starters/index.ts';
import type { Flavor } from '../../api/queries/compute.ts';
import type { Image } from '../../api/queries/image.ts';
import type { Network } from '../../api/queries/network.ts';
import type { Session } from '../../api/session.ts';
import { createCredential, expiryOf } from './operations.ts';
import { starterInput } from './starter-input.ts';

const endpoint = { interface: 'public', url: 'https://cloud.example.org/identity/v3', region: 'RegionOne' };
const given = {
  token: {
    project: { id: 'p', name: 'Jardin partagé' },
    catalog: [{ type: 'identity', endpoints: [endpoint] }],
  } as unknown as Session['token'],
  credential: { id: 'c', secret: 's3' },
  images: [
    { name: 'disk', status: 'active', min_ram: 0, min_disk: 0 },
    {
      name: 'debian-13',
      status: 'active',
      os_distro: 'debian',
      min_ram: 600,
      min_disk: 3,
      image_original_user: 'debian',
    },
  ] as Image[],
  flavors: [
    { name: 'large', ram: 4096, disk: 20 },
    { name: 'tiny', ram: 256, disk: 1 },
    { name: 'small', ram: 1024, disk: 5 },
  ] as Flavor[],
  networks: [{ name: 'public', 'router:external': true }] as Network[],
};

test('files for programs name a system, a size that fits it, and the way out', () => {
  const input = starterInput(given);
  assert.ok(input);
  assert.deepEqual(
    [input.image, input.flavor, input.externalNetwork, input.loginUser, input.cloud],
    ['debian-13', 'small', 'public', 'debian', 'jardin-partage'],
  );
  assert.match(cloudsYaml(input).content, /https:\/\/cloud\.example\.org\/identity\/v3/);
  assert.equal(starterInput({ ...given, token: {} }), null);
});

test('an expiry is a moment that Keystone reads, or none', () => {
  const now = new Date('2026-11-21T14:00:00.123Z');
  assert.equal(expiryOf(30, now), '2026-12-21T14:00:00');
  assert.equal(expiryOf(0, now), null);
  assert.deepEqual(createCredential('u', { name: 'ci', description: '', expires: null }).request.body, {
    application_credential: { name: 'ci' },
  });
});
