import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage, signIn, startCloudInBrowser, violations, type CloudInBrowser } from './browser.ts';

let cloud: CloudInBrowser;
before(async () => {
  cloud = await startCloudInBrowser();
});
after(() => cloud.close());

/** Nothing is on its way to the page any more. */
const loaded = (page: Page) => page.locator('main:not(:has(.animate-spin))').waitFor();

const PAGES = ['/', '/servers', '/servers/new'];
const TABS = ['overview', 'screen', 'log', 'volumes', 'interfaces', 'history'];

test('every page is accessible, in both languages and appearances', async () => {
  for (const [language, dark] of [
    ['en', false],
    ['fr', true],
  ] as const) {
    const { page, problems } = await openPage(cloud, { language, dark });
    await page.goto('/');
    await page.locator('button[type=submit]').waitFor();
    assert.deepEqual(await violations(page), [], 'sign-in');
    await signIn(page, 'demo', cloud.demoPassword);
    for (const path of PAGES) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await loaded(page);
      assert.deepEqual(await violations(page), [], path);
    }
    assert.deepEqual(problems, []);
    await page.context().close();
  }
});

test('a wrong password is refused in words, and one comes back to where one was', async () => {
  const { page } = await openPage(cloud, { language: 'fr' });
  await page.goto('/servers?q=hel');
  await page.getByLabel('Nom d’utilisateur').fill('demo');
  await page.getByLabel('Mot de passe').fill('wrong');
  await page.getByRole('button', { name: 'Connexion' }).click();
  await page.getByText('Le nom d’utilisateur ou le mot de passe est incorrect').waitFor();
  await page.getByLabel('Mot de passe').fill(cloud.demoPassword);
  await page.getByRole('button', { name: 'Connexion' }).click();
  await page.getByRole('heading', { name: 'Serveurs' }).waitFor();
  assert.match(page.url(), /\/servers\?q=hel$/);
  await page.getByRole('link', { name: 'hello' }).waitFor();
  await page.getByRole('button', { name: /Compte/ }).click();
  await page.getByRole('menuitem', { name: 'Se déconnecter', exact: true }).click();
  await page.getByLabel('Nom d’utilisateur').waitFor();
  await page.context().close();
});

test('a first server takes one screen, in French, with a key that was made for it', async () => {
  const { page, problems } = await openPage(cloud, { language: 'fr' });
  await signIn(page, 'demo', cloud.demoPassword);
  await page.getByRole('link', { name: 'Créer un serveur' }).click();
  await page.getByRole('radio', { name: /Créez-moi une clé/ }).check();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Créer le serveur' }).click();
  const key = readFileSync(await (await download).path(), 'utf8');
  assert.match(key, /^-----BEGIN OPENSSH PRIVATE KEY-----/);
  // By the stream of events alone.
  await page.getByText('Votre serveur est là').waitFor();
  await page.getByText(/ssh -i cle-de-\S+\.key \S+@203\.0\.113\.\d+/).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Vers le serveur' }).click();
  assert.deepEqual(problems, []);
  for (const tab of TABS) {
    await page.goto(`${page.url().replace(/\?.*/, '')}?tab=${tab}`);
    await page.getByRole('tabpanel').waitFor();
    assert.deepEqual(await violations(page), [], tab);
  }
  await page.context().close();
});
