import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { ensureConsole } from '../../src/console/index.ts';
import { freePort } from '../conformance/dev-cloud.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface CloudInBrowser {
  url: string;
  demoPassword: string;
  adminPassword: string;
  browser: Browser;
  close(): Promise<void>;
}

/** Debian's Chromium, unless told of another. */
export function startBrowser(): Promise<Browser> {
  const executablePath = process.env.POTLUCK_CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A cloud with one simulated host and the built console, and a browser to look at it with. */
export async function startCloudInBrowser({ delay = 300 }: { delay?: number } = {}): Promise<CloudInBrowser> {
  await ensureConsole(ROOT, () => undefined);
  const directory = mkdtempSync(join(tmpdir(), 'potluck-console-'));
  const port = await freePort();
  const log = openSync(join(directory, 'dev.log'), 'a');
  const options = ['--hosts', '1', '--port', String(port), '--state-dir', join(directory, 'dev'), '--no-console'];
  const child = fork(join(ROOT, 'src/main.ts'), ['dev', ...options, '--no-watch', '--delay', String(delay)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', log, log, 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = await Promise.race([
    new Promise<true>((resolve) => child.once('message', () => resolve(true))),
    ended.then(() => false as const),
  ]);
  if (!ready) throw new Error(`the cloud ended:\n${readFileSync(join(directory, 'dev.log'), 'utf8')}`);
  const secret = (name: string) => readFileSync(join(directory, 'dev/secrets', name), 'utf8').trim();
  const browser = await startBrowser();
  return {
    url: `http://127.0.0.1:${port}`,
    demoPassword: secret('demo-password'),
    adminPassword: secret('admin-password'),
    browser,
    async close() {
      await browser.close();
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A page of a person with a language; what goes wrong in it is collected. */
export async function openPage(
  { browser, url }: CloudInBrowser,
  { language = 'en', dark = false, width = 1280 }: { language?: string; dark?: boolean; width?: number } = {},
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({
    baseURL: url,
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width, height: 800 },
    acceptDownloads: true,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  // Among others what the content security policy refuses. Refused requests are answers, not faults of the page.
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) problems.push(message.text());
  });
  return { page, problems };
}

/** Signs in by the form, in whichever language it is. */
export async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.goto('/');
  await page.locator('input[name=username]').fill(user);
  await page.locator('input[type=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('#menu').waitFor({ state: 'attached' });
}

/** What WCAG 2.2 AA finds wrong on the page as it is. */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}

/** What a person does on a page, by the words that they read. Windows are looked at in both appearances before they are used. */
export function hands(page: Page) {
  const dialog = async () => {
    const shown = page.locator('[role=dialog][data-open]');
    await shown.waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], await shown.innerText());
    }
    return shown;
  };
  return {
    button: (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }),
    dialog,
    /** A button of the window. */
    press: async (name: string) => (await dialog()).getByRole('button', { name, exact: true }).click(),
    row: (name: string) => page.locator('tbody tr').filter({ hasText: name }),
    /** An entry of the menu that this opens. */
    choose: async (menu: Locator, entry: string) => {
      await menu.click();
      await page.getByRole('menuitem', { name: entry, exact: true }).click();
    },
  };
}
