import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from './service.ts';
import { dropIn, parseShow, systemdQuote, unitFile } from './systemd-files.ts';

const service: Service = {
  name: 'agent',
  title: 'runs servers',
  unit: 'potluck-agent.service',
  vendor: false,
  command: ['/usr/bin/node', '/a b/main.ts', '100%'],
  environment: { BUILD: '1' },
  prepare: [],
  pidFile: null,
};

test('a unit restarts always, and leaves the children of a daemon alive', () => {
  const unit = unitFile(service);
  assert.match(unit, /^ExecStart=\/usr\/bin\/node "\/a b\/main.ts" 100%%$/m);
  assert.match(unit, /^Restart=always$/m);
  assert.match(unit, /^KillMode=process$/m);
  assert.match(unit, /^StartLimitIntervalSec=0$/m);
});

test("a drop-in leaves a vendor's command alone", () => {
  const text = dropIn({ ...service, vendor: true });
  assert.doesNotMatch(text, /ExecStart=/);
  assert.match(text, /^Restart=always$/m);
});

test('what systemctl shows', () => {
  const text = 'LoadState=loaded\nActiveState=active\nMainPID=42\nStateChangeTimestampMonotonic=5000000\n';
  assert.deepEqual(parseShow('agent', text, 65), { name: 'agent', state: 'running', pid: 42, seconds: 60 });
  assert.equal(parseShow('agent', 'LoadState=not-found\nActiveState=inactive\n', 1).state, 'absent');
  assert.equal(parseShow('agent', 'LoadState=loaded\nActiveState=activating\nMainPID=0\n', 1).state, 'stopped');
});

test('words of unit files', () => {
  assert.equal(systemdQuote('a$b%'), 'a$$b%%');
  assert.equal(systemdQuote('say "hi"'), '"say \\"hi\\""');
});
