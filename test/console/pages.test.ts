import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { overflow, violationsInBothThemes } from './accessibility.ts';
import { open, settled, startBrowser, visit } from './visit.ts';
import { startConsoleCloud, type ConsoleCloud } from './cloud.ts';
import { addressOf, consolePages, personOf } from './examples.ts';
import { seed } from './seed.ts';

let cloud: ConsoleCloud;
let browser: Browser;
before(async () => {
  cloud = await startConsoleCloud();
  browser = await startBrowser();
  await seed(cloud);
});
after(async () => {
  await browser?.close();
  await cloud?.stop();
});

test('the way in: a wrong password, the right one, and back to where one was going', async () => {
  const { page, complaints, close } = await visit(browser, cloud, { person: null, language: 'fr' });
  await page.goto('/servers?q=hello');
  await page.getByRole('heading', { name: 'Bienvenue' }).waitFor();
  assert.deepEqual(await violationsInBothThemes(page, '/sign-in'), []);
  const { username, password } = cloud.account('potluck-demo');
  // Where there is an identity provider, as among the things to look at, the password stands behind a click.
  await page.getByText('Se connecter par mot de passe').click();
  await page.locator('input[autocomplete=username]').fill(username);
  await page.locator('input[autocomplete=current-password]').fill('wrong');
  await page.locator('button[type=submit]').click();
  await page.getByRole('alert').waitFor();
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL('/servers?q=hello');
  await page.getByRole('link', { name: 'hello' }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

for (const language of ['en', 'fr'] as const) {
  test(`every page can be used by everybody, in both appearances, and says what it is (${language})`, async (t) => {
    const paths = await consolePages();
    for (const person of ['potluck-demo', 'potluck'] as const) {
      const { page, context, complaints, close } = await visit(browser, cloud, { person, language });
      for (const path of paths.filter((one) => personOf(one) === person)) {
        await t.test(path, async () => {
          complaints.length = 0;
          await open(page, await addressOf(context, path));
          assert.equal(await page.evaluate<string>('document.documentElement.lang'), language);
          assert.match(await page.title(), / · Potluck$/);
          assert.deepEqual(await alerts(page), []);
          const found = await violationsInBothThemes(page, path);
          for (const tab of await page.locator('main [role=tab]').all()) {
            await tab.click();
            await settled(page);
            assert.deepEqual(await alerts(page), []);
            found.push(...(await violationsInBothThemes(page, `${path} ${await tab.textContent()}`)));
          }
          assert.deepEqual(found, []);
          await page.setViewportSize({ width: 360, height: 740 });
          assert.equal(await overflow(page), 0, 'wider than a phone');
          await page.setViewportSize({ width: 1280, height: 720 });
          assert.deepEqual(complaints, []);
        });
      }
      await close();
    }
  });
}

/** What a page says went wrong. */
const alerts = (page: Page) => page.locator('main [role=alert]').allTextContents();
