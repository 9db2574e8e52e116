import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { parseCidr } from './addresses.ts';
import { gatewayScript } from './external-network.ts';

test('the script is valid for the shell, and names every address', () => {
  const cidrs = ['203.0.113.1/24', 'fd00:1::1/64'].map(parseCidr).filter((cidr) => cidr !== null);
  const script = gatewayScript(cidrs);
  execFileSync('sh', ['-n'], { input: script });
  assert.match(script, /ip -4 addr replace 203\.0\.113\.1\/24 dev br-ex \|\| true/);
  assert.match(script, /ip -6 addr replace fd00:1::1\/64 dev br-ex nodad \|\| true/);
  assert.match(script, /"\$done: "\*" 203\.0\.113\.1\/24 "\*\) ;;/);
});
