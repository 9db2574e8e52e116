// The console in a real Chromium on the cloud that 'up' made: what a volunteer does who has never heard of OpenStack, in French.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { cloudOf } from '../console/cloud.ts';
import { apiOf } from '../console/seed.ts';
import { open, settled, startBrowser, visit } from '../console/visit.ts';
import { run, until } from './client.ts';

const cloud = cloudOf(join(homedir(), '.config/openstack/clouds.yaml'));
const directory = mkdtempSync(join(tmpdir(), 'potluck-walk-'));
let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Server {
  id: string;
  name: string;
  status: string;
  addresses: Record<string, { addr: string; 'OS-EXT-IPS:type': string }[]>;
}

test('from the door to a shell on a first server, in French, with three choices', async () => {
  const { page, complaints, close } = await visit(browser, cloud, { person: null, language: 'fr' });
  const demo = await apiOf(cloud, 'potluck-demo');
  const { username, password } = cloud.account('potluck-demo');
  const began = performance.now();
  await page.goto('/servers/new');
  await page.locator('input[autocomplete=username]').fill(username);
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL('/servers/new');
  await settled(page);
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);

  // The three choices: what is on it, how large, how one gets in. The first two have good defaults in a new cloud.
  await page.getByRole('radio', { name: /^tiny/i }).first().check();
  await page.getByRole('group', { name: 'Sa taille' }).getByRole('radio', { name: /^tiny/i }).check();
  await page.getByRole('radio', { name: /Créez-moi une clé/ }).check();
  const name = `basilic-${Date.now() % 100_000}`;
  await page.getByLabel('Nom', { exact: true }).fill(name);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Créer le serveur' }).click();
  const key = join(directory, 'key');
  await (await download).saveAs(key);
  await run('chmod', ['600', key]);
  await page.waitForURL(/\/servers\/[0-9a-f-]{36}/);
  const id = /\/servers\/([0-9a-f-]+)/.exec(page.url())?.[1] ?? '';

  const shown = await until(
    `${name} has an address for the outside`,
    () => demo<{ server: Server }>('GET', `/compute/v2.1/servers/${id}`),
    ({ server }) => server.status === 'ACTIVE' && outside(server) !== undefined,
    180,
  );
  const address = outside(shown.server) ?? '';
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'ConnectTimeout=5', 'LogLevel=ERROR'];
  const flags = options.flatMap((option) => ['-o', option]);
  const shell = await until(
    `ssh to ${address} with the key that the console made`,
    () => run('ssh', [...flags, '-i', key, `root@${address}`, 'hostname'], { seconds: 30 }),
    ({ code }) => code === 0,
    180,
  );
  assert.equal(shell.stdout.trim(), name);
  console.log(`from the sign-in page to SSH: ${seconds()} s`);

  // Its screen, as the web console shows it.
  const screen = await demo<{ remote_console: { url: string } }>(
    'POST',
    `/compute/v2.1/servers/${id}/remote-consoles`,
    { remote_console: { protocol: 'vnc', type: 'novnc' } },
  );
  const window = await page.context().newPage();
  await window.goto(screen.remote_console.url);
  await window.locator('canvas').waitFor();
  await until(
    'the screen of the guest has letters on it',
    () => window.evaluate<number>(INK),
    (pixels) => pixels > 500,
    60,
  );
  await window.close();

  // All servers of the cloud, with the reason for their place.
  const operator = await visit(browser, cloud, { person: 'potluck', language: 'fr' });
  await open(operator.page, `/admin/servers?q=${name}`);
  await operator.page.getByRole('button', { name: `Pourquoi ${name} est là` }).click();
  await operator.page.getByText(/a été choisi/).waitFor();
  assert.deepEqual(operator.complaints, []);
  await operator.close();

  await demo('DELETE', `/compute/v2.1/servers/${id}`);
  await open(page, '/servers');
  await page.getByRole('link', { name }).waitFor({ state: 'detached', timeout: 60_000 });
  assert.deepEqual(complaints, []);
  await close();
});

const outside = (server: Server) =>
  Object.values(server.addresses)
    .flat()
    .find((one) => one['OS-EXT-IPS:type'] === 'floating' && !one.addr.includes(':'))?.addr;

/** How many pixels of a canvas are not as dark as its ground. */
const INK = `(() => {
  const canvas = document.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let ink = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] > 200) ink++;
  return ink;
})()`;
