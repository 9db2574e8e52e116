import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { parseSvStatus, quote, runScript } from './runit-files.ts';
import type { Service } from './service.ts';

const service: Service = {
  name: 'thing',
  title: 'A thing',
  unit: 'thing.service',
  vendor: false,
  command: ['/usr/bin/thing', '--title', "it's on"],
  environment: { BUILD: 'a b' },
  prepare: ['mkdir -p /run/thing'],
  pidFile: '/run/thing/thing.pid',
};

test('a run script is a valid shell script that ends in the program', () => {
  const script = runScript(service);
  execFileSync('sh', ['-n'], { input: script });
  assert.match(script, /^#!\/bin\/sh\n/);
  assert.match(script, /export BUILD='a b'\n/);
  assert.equal(script.trimEnd().split('\n').at(-1), `exec /usr/bin/thing --title 'it'\\''s on'`);
});

test('a process id of somebody else is left alone', () => {
  // The script's own shell is alive, but its command line does not name the pid file.
  const script = runScript({
    ...service,
    pidFile: '/nowhere/x.pid',
    prepare: [],
    command: ['/bin/echo', 'on'],
  });
  const mine = script.replace(/^pid=.*$/m, 'pid=$$');
  assert.equal(execFileSync('sh', { input: mine, encoding: 'utf8' }), 'on\n');
});

test('words are quoted only when they need it', () => {
  assert.equal(quote('--a=b/c:1'), '--a=b/c:1');
  assert.equal(quote(''), "''");
  assert.equal(quote('$HOME'), "'$HOME'");
});

test('the states that sv prints', () => {
  const of = (line: string) => parseSvStatus('x', line);
  assert.deepEqual(of('run: /sv/x: (pid 12) 34s; run: log: (pid 11) 40s'), {
    name: 'x',
    state: 'running',
    pid: 12,
    seconds: 34,
  });
  assert.equal(of('run: /sv/x: (pid 12) 34s, normally down, want down, got TERM').state, 'running');
  assert.equal(of('down: /sv/x: 3s, normally up; run: log: (pid 1) 4s').state, 'stopped');
  assert.equal(of('fail: /sv/x: unable to open supervise/ok: file does not exist').state, 'absent');
  assert.equal(of('').state, 'absent');
});
