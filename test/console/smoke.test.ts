import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, signIn, startCloudInBrowser, violations, type CloudInBrowser } from './browser.ts';

let cloud: CloudInBrowser;
before(async () => {
  cloud = await startCloudInBrowser();
});
after(() => cloud.close());

const PAGES = ['/', '/servers', '/servers/new'];

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
      await page.waitForLoadState('networkidle').catch(() => undefined);
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
