import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { violations } from './accessibility.ts';
import { startConsoleCloud, type ConsoleCloud } from './cloud.ts';
import { hands } from './hands.ts';
import { startBrowser, visit } from './visit.ts';

/* What a member of a project does with what is there: servers changed, networks and ports arranged, volumes kept safe. */

let cloud: ConsoleCloud;
let browser: Browser;
let page: Page;
let complaints: string[];
let { button, dialog, press, row, choose } = {} as ReturnType<typeof hands>;
before(async () => {
  cloud = await startConsoleCloud();
  browser = await startBrowser();
  ({ page, complaints } = await visit(browser, cloud));
  ({ button, dialog, press, row, choose } = hands(page));
});
after(async () => {
  await browser?.close();
  await cloud?.stop();
});

/** The page of the server that every cloud for development has. */
async function toServer() {
  await page.goto('/servers');
  await row('hello').getByRole('link', { name: 'hello' }).click();
  await page.getByRole('heading', { name: 'hello', exact: true }).waitFor();
}
const act = (entry: string) => choose(button('Actions'), entry);

test('a server gets another size, which is kept when it is well', async () => {
  await toServer();
  await act('Change the size');
  const shown = await dialog();
  await shown.getByText('It has this size now.').waitFor();
  const size = shown.locator('label:has(input:not(:disabled))').last();
  const name = await size.locator('.font-medium').innerText();
  await size.click();
  await shown.getByText('With this size, the project uses').waitFor();
  await press('Change the size');
  // By the stream of events: nobody reloads.
  await page.getByText(`It runs with the new size, ${name}.`, { exact: false }).waitFor();
  assert.deepEqual(await violations(page, page.url()), []);
  await button('Keep the new size').click();
  await page.getByText('Running', { exact: true }).waitFor();
  await page.getByText(new RegExp(`^${name}:`)).waitFor();
});

test('a server is locked against mistakes, with a reason, and made anew only by who types its name', async () => {
  await act('Lock');
  await page.getByLabel('Reason').fill('the exam');
  await press('Lock');
  await page.getByText('It is locked, because: the exam').waitFor();
  await button('Actions').click();
  await page.getByRole('menuitem', { name: 'Unlock' }).waitFor();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Unlock', 'Change name']);
  await page.keyboard.press('Escape');
  await button('Unlock').click();
  await page.getByText('It is locked').waitFor({ state: 'detached' });
  await act('Make anew');
  const shown = await dialog();
  await shown.getByText('Everything on its disk is lost for good', { exact: false }).waitFor();
  await press('Make anew');
  await shown.getByText('Type hello, to be sure that it is this one.').waitFor();
  await page.getByLabel('Type “hello” to confirm').fill('hello');
  await press('Make anew');
  await shown.waitFor({ state: 'detached' });
  await page.getByText('Running', { exact: true }).waitFor();
});

test('a server goes into rescue and out again, and its name and labels are changed', async () => {
  await act('Rescue');
  await press('Rescue');
  await page.getByText('The password of the rescue system', { exact: false }).waitFor();
  await (await dialog()).getByRole('button', { name: 'Close' }).click();
  await button('Out of rescue').click();
  await page.getByText('Running', { exact: true }).waitFor();
  await act('Tags and properties');
  await page.getByLabel('Tags', { exact: true }).fill('web, important');
  await button('Add a property').click();
  await page.getByLabel('Name 1').fill('owner');
  await page.getByLabel('Value 1').fill('Léa');
  await press('Save');
  await page.getByText('web, important').or(page.getByText('important, web')).waitFor();
  await page.getByText('owner:').waitFor();
  await act('Change name');
  await page.getByLabel('Name', { exact: true }).fill('welcome');
  await press('Save');
  await page.getByRole('heading', { name: 'welcome', exact: true }).waitFor();
  await act('Change name');
  await page.getByLabel('Name', { exact: true }).fill('hello');
  await press('Save');
  await page.getByRole('heading', { name: 'hello', exact: true }).waitFor();
});

test('a port is made with an address and a shared one, and plugged into the server', async () => {
  await page.goto('/networks?tab=networks');
  await row('demo').first().getByRole('link').click();
  await button('New port').click();
  await page.getByLabel('Name', { exact: false }).first().fill('vip');
  await (await dialog()).getByText('Advanced').click();
  await button('Add an address').click();
  await page.getByLabel('Address or range 1').fill('10.9.9.9');
  await press('New port');
  await row('vip').getByRole('link').first().click();
  await page.getByRole('heading', { name: 'vip', exact: true }).waitFor();
  await page.getByText('10.9.9.9').waitFor();
  assert.deepEqual(await violations(page, page.url()), []);
  await button('Edit').click();
  await page.getByLabel('One more address').selectOption({ index: 1 });
  await press('Save');
  await page
    .locator('code')
    .filter({ hasText: /^1\d+\.\d+\.\d+\.\d+$/ })
    .nth(1)
    .waitFor();
  await toServer();
  await page.getByRole('tab', { name: 'Network' }).click();
  await button('Connect to a network').click();
  await page.getByText('A port that is there').click();
  await page.getByLabel('Port', { exact: true }).selectOption({ index: 1 });
  await press('Connect to a network');
  await page.getByRole('link', { name: 'Addresses and rules' }).nth(1).waitFor();
  await button(/^Take out: /)
    .nth(1)
    .click();
  await press('Take out');
  await button(/^Take out: /)
    .nth(1)
    .waitFor({ state: 'detached' });
});

test('a range is changed, another project may use the network, and its router knows a way', async () => {
  await page.goto('/networks?tab=networks');
  await row('demo').first().getByRole('link').click();
  await button(/^Edit: /)
    .first()
    .click();
  await page.getByLabel('Name servers').fill('9.9.9.9');
  await (await dialog()).getByText('Advanced').click();
  await button('Add a route').click();
  await page.getByLabel('Range 1', { exact: true }).fill('10.8.0.0/16');
  await press('Save');
  await page.getByText('A route has a range').waitFor();
  await page.getByLabel('By the address 1').fill('10.10.0.5');
  await press('Save');
  await page.getByText('Name servers 9.9.9.9').waitFor();
  await page.getByText('None: only this project uses it.').waitFor();
  await button('Let another project use it').click();
  await page.locator('select').selectOption({ label: 'Another project, by its id' });
  await page.getByLabel('Id of the project').fill('f'.repeat(32));
  await press('Let another project use it');
  const sentence = `The project ${'f'.repeat(32)} may use this network.`;
  await page.getByText(sentence).waitFor();
  assert.deepEqual(await violations(page, page.url()), []);
  await button(`Take back: ${sentence}`).click();
  await press('Take back');
  await page.getByText('None: only this project uses it.').waitFor();
  await page.goto('/networks?tab=routers');
  await row('demo').getByRole('link').click();
  await button('Change name').click();
  await page.getByLabel('Name', { exact: true }).fill('door');
  await press('Save');
  await page.getByRole('heading', { name: 'door', exact: true }).waitFor();
});

test('a volume is backed up, and comes back from it twice: beside what it holds, and over it', async () => {
  await page.goto('/volumes');
  await button('New volume').first().click();
  await page.getByLabel('Name', { exact: true }).fill('letters');
  await press('New volume');
  await row('letters').getByText('Ready').waitFor();
  await choose(row('letters').getByRole('button', { name: /^Actions/ }), 'Back up');
  await page.getByLabel('Name', { exact: true }).fill('letters-monday');
  await press('Back up');
  await page.getByRole('tab', { name: 'Backups' }).click();
  const backup = row('letters-monday');
  await backup.getByText('Ready').waitFor();
  const restore = () => choose(backup.getByRole('button', { name: /^Actions/ }), 'Restore');
  await restore();
  await page.getByLabel('Name', { exact: true }).fill('letters-again');
  await press('Restore');
  await backup.getByText('Ready').waitFor();
  await page.getByRole('tab', { name: 'Volumes' }).click();
  await row('letters-again').getByText('Ready').waitFor();
  await page.getByRole('tab', { name: 'Backups' }).click();
  await backup.getByText('Ready').waitFor();
  await restore();
  await page.getByText('A volume that is there').click();
  await page.getByText('Everything on this volume now is lost for good.').waitFor();
  await press('Restore');
  await backup.getByText('Ready').waitFor();
  await choose(backup.getByRole('button', { name: /^Actions/ }), 'Delete');
  await press('Delete');
  await page.getByText('No backup yet').waitFor();
});

test('nothing was refused by the content security policy, and nothing threw', () => {
  assert.deepEqual(complaints, []);
});
