// Pictures of the console for the documents, from a cloud that runs, in both languages: docs/use/LANGUAGE/pictures/NAME.png.
// `./potluck test console --screenshots`, on a machine where `./potluck up` has made a cloud.
import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cloudOf, ROOT, type Person } from './cloud.ts';
import { open, startBrowser, visit, type Language } from './visit.ts';

/** What the documents show, and as whom. */
const PICTURES: readonly { name: string; path: string; person: Person | null }[] = [
  { name: 'sign-in', path: '/sign-in', person: null },
  { name: 'overview', path: '/', person: 'potluck-demo' },
  { name: 'new-server', path: '/servers/new', person: 'potluck-demo' },
  { name: 'servers', path: '/servers', person: 'potluck-demo' },
  { name: 'hosts', path: '/admin/hosts', person: 'potluck' },
  { name: 'new-project', path: '/admin/projects/new', person: 'potluck' },
];
const LANGUAGES: readonly Language[] = ['en', 'fr'];

const file = process.env['POTLUCK_CONSOLE_CLOUDS'] ?? join(homedir(), '.config/openstack/clouds.yaml');
const cloud = cloudOf(file);
const browser = await startBrowser();
try {
  for (const language of LANGUAGES) {
    const directory = join(ROOT, 'docs/use', language, 'pictures');
    mkdirSync(directory, { recursive: true });
    for (const { name, path, person } of PICTURES) {
      const { page, close } = await visit(browser, cloud, { language, person, viewport: { width: 1040, height: 660 } });
      // Nothing blinks or moves, so that the same page is the same picture.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await open(page, path);
      const target = join(directory, `${name}.png`);
      await page.screenshot({ path: target, animations: 'disabled', caret: 'hide' });
      process.stdout.write(`${target} ${Math.round(statSync(target).size / 1024)} KiB\n`);
      await close();
    }
  }
} finally {
  await browser.close();
}
