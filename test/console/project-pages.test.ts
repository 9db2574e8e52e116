import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { violations } from './accessibility.ts';
import { startConsoleCloud, type ConsoleCloud } from './cloud.ts';
import { hands } from './hands.ts';
import { startBrowser, visit } from './visit.ts';

/* What a member of a project does beside servers: with a real browser, as they would, without the API. */

let cloud: ConsoleCloud;
let browser: Browser;
let page: Page;
let complaints: string[];
let { button, dialog, press, row } = {} as ReturnType<typeof hands>;
before(async () => {
  cloud = await startConsoleCloud();
  browser = await startBrowser();
  ({ page, complaints } = await visit(browser, cloud));
  ({ button, dialog, press, row } = hands(page));
});
after(async () => {
  await browser?.close();
  await cloud?.stop();
});

test('a volume is made, attached, snapshot and given a copy', async () => {
  await page.goto('/volumes');
  await button('New volume').first().click();
  await page.getByLabel('Name', { exact: true }).fill('photos');
  await press('New volume');
  await row('photos').getByText('Ready').waitFor();
  await row('photos')
    .getByRole('button', { name: /Actions/ })
    .click();
  await page.getByRole('menuitem', { name: 'Attach to a server' }).click();
  await page.getByLabel('Server', { exact: true }).selectOption({ label: 'hello' });
  await press('Attach to a server');
  // By the stream of events: nobody reloads.
  await row('photos').getByText('In use').waitFor();
  await row('photos').getByRole('link', { name: 'hello' }).waitFor();
  await row('photos').getByRole('link', { name: 'photos' }).click();
  await page.getByRole('heading', { name: 'photos', exact: true }).waitFor();
  await button('Actions').click();
  await page.getByRole('menuitem', { name: 'Take a snapshot' }).click();
  await page.getByLabel('Name', { exact: true }).fill('monday');
  await press('Take a snapshot');
  await row('monday').getByText('Ready').waitFor();
});

test('a sentence opens a port, and is taken away again', async () => {
  await page.goto('/security-groups');
  await button('New security group').first().click();
  await page.getByLabel('Name', { exact: true }).fill('web');
  await press('New security group');
  await page.getByRole('heading', { name: 'web', exact: true }).waitFor();
  await button('Add a sentence').first().click();
  await press('Allow it');
  const sentence = 'Anyone may reach port 443 (web sites, HTTPS)';
  await page.getByRole('listitem').filter({ hasText: sentence }).waitFor();
  await button(`Take it away: ${sentence}`).click();
  await press('Take it away');
  await page.getByText('Nobody. Add a sentence to let somebody in.').waitFor();
});

test('an address from outside leads nowhere, and to a server again', async () => {
  await page.goto('/floating-ips');
  const actions = page.getByRole('button', { name: /^Actions for / });
  await actions.click();
  await page.getByRole('menuitem', { name: 'Lead nowhere' }).click();
  await press('Lead nowhere');
  await page.getByText('Not in use').waitFor();
  await actions.click();
  await page.getByRole('menuitem', { name: 'Lead to a server' }).click();
  await page.locator('select').selectOption({ index: 1 });
  await press('Lead to a server');
  await row('hello').getByText('In use', { exact: true }).waitFor();
  await row('hello').getByRole('link', { name: 'hello' }).waitFor();
});

test('a network with its range and router is made in one go, and drawn', async () => {
  await page.goto('/networks');
  await button('New network').click();
  await page.getByLabel('Name', { exact: true }).fill('garden');
  await press('New network');
  const words = page.getByRole('region', { name: 'The same in words' });
  await words.getByRole('link', { name: 'garden' }).waitFor();
  await words.getByText('The router demo leads from it to public.').nth(1).waitFor();
  assert.deepEqual(await violations(page, page.url()), []);
  await words.getByRole('link', { name: 'garden' }).click();
  await page.getByRole('heading', { name: 'garden', exact: true }).waitFor();
  await page.getByText('192.168.10.0/24').first().waitFor();
});

test('a key is made in the browser and downloaded', async () => {
  await page.goto('/key-pairs');
  await button('Make a new one').first().click();
  await page.getByLabel('Name', { exact: true }).fill('laptop');
  const [file] = await Promise.all([page.waitForEvent('download'), press('Make a new one')]);
  assert.match(readFileSync(await file.path(), 'utf8'), /^-----BEGIN OPENSSH PRIVATE KEY-----/);
  await page.locator('[role=dialog][data-open]').getByText('Close', { exact: true }).click();
  await row('laptop').getByText('ssh-ed25519').waitFor();
});

test('an image is uploaded, and known by what is in it', async () => {
  await page.goto('/images');
  await button('New image').first().click();
  const disk = Buffer.alloc(2 ** 20);
  await page.locator('input[type=file]').setInputFiles({ name: 'tool.raw', mimeType: '', buffer: disk });
  await page.getByLabel('Name', { exact: true }).and(page.locator('[value=tool]')).waitFor();
  await press('New image');
  await row('tool').getByText('Ready').waitFor();
});

test('a program gets a credential with a clouds.yaml that names this cloud', async () => {
  await page.goto('/access');
  await button('New credential').first().click();
  await page.getByLabel('Name', { exact: true }).fill('script');
  await press('New credential');
  const shown = await dialog();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    shown.getByRole('button', { name: /clouds\.yaml/ }).click(),
  ]);
  const text = readFileSync(await file.path(), 'utf8');
  assert.match(text, /application_credential_id/);
  assert.ok(text.includes(cloud.url), text);
  await shown.getByRole('button', { name: 'I have what I need' }).click();
  await row('script').waitFor();
});

test('nothing was refused by the content security policy, and nothing threw', () => {
  assert.deepEqual(complaints, []);
});
