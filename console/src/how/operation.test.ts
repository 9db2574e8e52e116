import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpText, openstack, shellText } from './operation.ts';

test('a command can be pasted into a shell as it is', () => {
  assert.equal(shellText(openstack('server', 'show', "l'ami")), "openstack server show 'l'\\''ami'");
  const words = openstack(
    'server',
    'create',
    ['--image', 'debian 13'],
    false,
    ['--flavor', 'small'],
    ['--key-name', 'a-key-of-mine'],
    undefined,
    'web',
  );
  assert.equal(
    shellText(words),
    "openstack server create \\\n  --image 'debian 13' \\\n  --flavor small \\\n  --key-name a-key-of-mine web",
  );
});

test('a request is shown as it is sent, with a token in place of the cookie', () => {
  const request = {
    method: 'POST',
    path: '/x',
    headers: { 'Content-Type': 'application/json' },
    body: { a: 1 },
  } as const;
  assert.equal(httpText(request), 'POST /x\nX-Auth-Token: $TOKEN\nContent-Type: application/json\n\n{\n  "a": 1\n}');
});
