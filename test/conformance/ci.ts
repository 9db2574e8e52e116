/**
 * The guideline's tests on a cloud of their own: made on this machine for them, and destroyed after. Root only.
 *
 *   POTLUCK_TEST_IMAGE   a guest image that was built already; without it `up` builds one
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const POTLUCK = join(import.meta.dirname, '../../potluck');
const STATE = '/var/lib/potluck';
/** Where the harness's web server listens, from which one test imports an image. */
const IMPORT_PORT = 8099;

async function main(): Promise<number> {
  if (existsSync(join(STATE, 'config.json'))) {
    process.stderr.write('potluck: there is a cloud on this machine; to test it: ./potluck test conformance --keep\n');
    return 2;
  }
  const image = process.env['POTLUCK_TEST_IMAGE'];
  if (image !== undefined && existsSync(image)) {
    mkdirSync(join(STATE, 'images'), { recursive: true });
    copyFileSync(image, join(STATE, 'images/tiny.qcow2'));
  }
  try {
    // Some of Glance's tests upload bytes that are not what their disk_format says.
    const allow = ['--image-format-check', 'off', '--image-import-allow', `127.0.0.1:${IMPORT_PORT}`];
    const up = await potluck('up', '--no-demo', '--quiet', '--project-networks', 'off', ...allow);
    if (up !== 0) return up;
    return await potluck('test', 'conformance', '--import-port', String(IMPORT_PORT), ...process.argv.slice(2));
  } finally {
    await potluck('destroy', '--yes');
  }
}

function potluck(...args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(POTLUCK, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main();
