import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { violations } from './accessibility.ts';
import { open, startBrowser, visit } from './visit.ts';
import { apiOf } from './seed.ts';
import { startConsoleCloud, type ConsoleCloud } from './cloud.ts';

let cloud: ConsoleCloud;
let browser: Browser;
before(async () => {
  cloud = await startConsoleCloud();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await cloud?.stop();
});

/** The name of what has the focus, as a person hears it. */
const focused = (page: Page) =>
  page.evaluate<string>(
    `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()`,
  );

/** Presses Tab until something of this name has the focus, as who cannot use a mouse does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const heard: string[] = [];
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab');
    heard.push(await focused(page));
    if (name.test(heard.at(-1) ?? '')) return;
  }
  assert.fail(`Tab never comes to ${name}, but to ${heard.join(' | ')}`);
}

test('everything is reached and done without a mouse', async () => {
  const { page, complaints, close } = await visit(browser, cloud, { person: null });
  const { username, password } = cloud.account('potluck');
  await page.goto('/');
  await page.getByRole('heading', { name: 'Welcome' }).waitFor();
  await page.locator('input[autocomplete=username]').focus();
  await page.keyboard.type(username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Main menu' }).waitFor();

  // The first stop leads past the menu.
  await page.reload();
  await page.locator('main h1').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate<string>('document.activeElement?.id'), 'content');

  // A page begins at its content, and its list is sorted.
  await open(page, '/');
  await tabTo(page, /^Accounts$/);
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Accounts' }).waitFor();
  assert.equal(await page.evaluate<string>('document.activeElement?.id'), 'content');
  await tabTo(page, /^Name$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/sort=-?name/);

  // A window takes the focus, keeps it, and gives it back.
  await tabTo(page, /^Actions for admin$/);
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'New password' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  assert.equal(await focused(page), 'Actions for admin');
  await open(page, '/admin/groups');
  await tabTo(page, /^New group$/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New group' });
  await dialog.waitFor();
  // It takes the focus when it is drawn, and a guard at its edge gives it back: where the focus comes to rest counts.
  const dialogWithFocus = page.locator('[role=dialog]:focus-within');
  await dialogWithFocus.waitFor();
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('Tab');
    await dialogWithFocus.waitFor();
  }
  await dialog.getByLabel('Name').focus();
  const name = `bakers-${Date.now()}`;
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name }).waitFor();
  assert.equal(await focused(page), 'New group');
  assert.deepEqual(complaints, []);
  await close();
});

test('a page is live: what somebody else makes appears by itself', async () => {
  const { page, close } = await visit(browser, cloud, { person: 'potluck' });
  await open(page, '/admin/groups');
  const admin = await apiOf(cloud, 'potluck');
  const name = `by-another-${Date.now()}`;
  await admin('POST', '/identity/v3/groups', { group: { name, domain_id: 'default' } });
  await page.getByRole('link', { name }).waitFor({ timeout: 10_000 });
  await close();
});

test('a project with its network and a new account, in one form', async () => {
  const { page, close, complaints } = await visit(browser, cloud, { person: 'potluck', language: 'fr' });
  await open(page, '/admin/projects/new');
  const name = `jardin-${Date.now()}`;
  await page.getByLabel('Nom', { exact: true }).fill(name);
  await page.getByLabel('Compte 1', { exact: true }).fill(`lea-${name}`);
  await page.getByRole('button', { name: 'Créer le projet' }).click();
  await page.getByText(`${name} est prêt.`).waitFor();
  const invitation = await page
    .getByText(/Mot de passe/)
    .last()
    .textContent();
  const password = /Mot de passe : (\S+)/.exec(invitation ?? '')?.[1] ?? '';
  assert.match(password, /^\w{16}$/);
  // Who was invited is in, and has a network.
  const { context, close: leave } = await visit(browser, cloud, { person: null });
  const user = { name: `lea-${name}`, domain: { id: 'default' }, password };
  const answer = await context.request.post('/session', {
    headers: { 'X-Potluck-Session': '1', Origin: cloud.url },
    data: { auth: { identity: { methods: ['password'], password: { user } } } },
  });
  assert.equal(answer.status(), 201, await answer.text());
  const networks = (await (await context.request.get('/network/v2.0/networks?router:external=false')).json()) as {
    networks: { name: string }[];
  };
  assert.equal(networks.networks.length, 1);
  await leave();
  assert.deepEqual(complaints, []);
  await close();
});

test('a first server takes one screen, in French, with a key that was made for it', async () => {
  const { page, complaints, close } = await visit(browser, cloud, { language: 'fr' });
  await open(page, '/');
  await page.getByRole('link', { name: 'Créer un serveur' }).click();
  await page.getByRole('radio', { name: /Créez-moi une clé/ }).check();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Créer le serveur' }).click();
  const key = readFileSync(await (await download).path(), 'utf8');
  assert.match(key, /^-----BEGIN OPENSSH PRIVATE KEY-----/);
  // By the stream of events alone.
  await page.getByText('Votre serveur est là').waitFor();
  await page.getByText(/ssh -i cle-de-\S+\.key \S+@203\.0\.113\.\d+/).waitFor();
  assert.deepEqual(await violations(page, 'first server'), []);
  await page.getByRole('button', { name: 'Vers le serveur' }).click();
  assert.deepEqual(complaints, []);
  for (const tab of ['overview', 'screen', 'log', 'volumes', 'interfaces', 'history']) {
    await page.goto(`${page.url().replace(/\?.*/, '')}?tab=${tab}`);
    await page.getByRole('tabpanel').waitFor();
    assert.deepEqual(await violations(page, tab), []);
  }
  await close();
});
