// Pictures of the console for the documents, from a cloud that runs, in both languages: docs/use/LANGUAGE/pictures/NAME.png.
// `./potluck test console --screenshots`, on a machine where `./potluck up` has made a cloud; with a few servers they say more.
import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { cloudOf, ROOT, type Person } from './cloud.ts';
import { addressOf } from './examples.ts';
import { open, startBrowser, visit, type Language } from './visit.ts';

interface Picture {
  name: string;
  path: string;
  /** The tab of the page. */
  tab?: string;
  person?: Person | null;
  /** True in the page as soon as it shows what the picture is about. */
  ready?: string;
}

/** That something is on a server's screen. */
const DRAWN = `(() => {
  const canvas = document.querySelector('canvas');
  if (!canvas || canvas.width === 0) return false;
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((one, at) => at % 4 < 3 && one > 100);
})()`;

/** What the documents show, and as whom. */
const PICTURES: readonly Picture[] = [
  { name: 'sign-in', path: '/sign-in', person: null, ready: `document.querySelector('form') !== null` },
  { name: 'overview', path: '/' },
  { name: 'new-server', path: '/servers/new' },
  { name: 'servers', path: '/servers' },
  { name: 'screen', path: '/servers/:id', tab: 'screen', ready: DRAWN },
  { name: 'security-group', path: '/security-groups/:id' },
  { name: 'hosts', path: '/admin/hosts', person: 'potluck' },
  { name: 'new-project', path: '/admin/projects/new', person: 'potluck' },
];
const LANGUAGES: readonly Language[] = ['en', 'fr'];

/** Waits until something is true in a page, whose own policy lets nobody else ask in there for it. */
async function shows(page: Page, what: string, seconds = 30): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while ((await page.evaluate<boolean>(what)) !== true) {
    if (Date.now() > deadline) throw new Error(`${page.url()}: not within ${seconds} s: ${what}`);
    await page.waitForTimeout(100);
  }
}

const file = process.env['POTLUCK_CONSOLE_CLOUDS'] ?? join(homedir(), '.config/openstack/clouds.yaml');
const cloud = cloudOf(file);
const browser = await startBrowser();
try {
  for (const language of LANGUAGES) {
    const directory = join(ROOT, 'docs/use', language, 'pictures');
    mkdirSync(directory, { recursive: true });
    for (const { name, path, tab, person = 'potluck-demo', ready = 'true' } of PICTURES) {
      const viewport = { width: 1280, height: 800 };
      const { context, page, close } = await visit(browser, cloud, { language, person, viewport });
      // Nothing blinks or moves, so that the same page is the same picture.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const address = await addressOf(context, path);
      await open(page, tab === undefined ? address : `${address}?tab=${tab}`);
      await shows(page, ready);
      const target = join(directory, `${name}.png`);
      await page.screenshot({ path: target, animations: 'disabled', caret: 'hide' });
      process.stdout.write(`${target} ${Math.round(statSync(target).size / 1024)} KiB\n`);
      await close();
    }
  }
} finally {
  await browser.close();
}
