import assert from 'node:assert/strict';
import { until } from '../client.ts';
import type { MadeServer } from './first-server.ts';
import { CANVAS, contradiction, readVcsa, type Bitmap } from './text-screen.ts';
import type { Walk } from './walk.ts';

/**
 * The server's screen in its page: the login prompt, and what is typed there. The guest itself says by SSH which letters are on its
 * screen; the picture must be one of these.
 */
export async function openScreen({ page }: Walk, { name, shell }: MadeServer): Promise<void> {
  await page.getByRole('button', { name: 'Vers le serveur' }).click();
  await page.getByRole('tab', { name: 'Écran' }).click();
  await page.getByText('Connecté. Ce que vous tapez va au serveur.').waitFor();
  await shows(`${name} login: `);
  await page.locator('canvas').click();
  await page.keyboard.type('bonjour');
  await shows(`${name} login: bonjour`);

  /** Waits until the guest says that a line is on its screen, and the picture agrees with all of it. */
  async function shows(line: string): Promise<void> {
    await until(
      `the screen shows '${line}'`,
      async () => {
        const { stdout } = await shell('xxd -p /dev/vcsa1');
        const screen = readVcsa(stdout);
        if (!screen.lines.some((one) => one.trimEnd() === line.trimEnd())) return screen.lines.join('\n');
        return contradiction(await page.evaluate<Bitmap>(CANVAS), screen);
      },
      (problem) => problem === null,
      30,
    );
  }
}

/** Its serial log: what it said at its start, and what it says while one looks, without loading the page anew. */
export async function followLog({ page }: Walk, { name, shell }: MadeServer): Promise<void> {
  await page.getByRole('tab', { name: 'Journal' }).click();
  const log = page.locator('pre').filter({ hasText: `${name} login:` });
  await log.waitFor();
  await page.evaluate(`globalThis.sameDocument = true`);
  const word = `potluck-${Date.now()}`;
  assert.equal((await shell(`echo ${word} >/dev/ttyS0`)).code, 0);
  await log.filter({ hasText: word }).waitFor();
  assert.equal(await page.evaluate(`globalThis.sameDocument`), true);
}
