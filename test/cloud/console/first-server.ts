import assert from 'node:assert/strict';
import { join } from 'node:path';
import { settled } from '../../console/visit.ts';
import { run, until, type Outcome } from '../client.ts';
import type { Association } from './association.ts';
import type { Walk } from './walk.ts';

/** A server that the walk has made. */
export interface MadeServer {
  id: string;
  name: string;
  /** Its floating IP. */
  address: string;
  /** A command in it, by the key that was downloaded. */
  shell: (command: string) => Promise<Outcome>;
}

/** From the page of new servers to the door, to the provider, and back to that page. */
export async function signInAtProvider({ page, context }: Walk, { name }: Association, account: string): Promise<void> {
  await page.goto('/servers/new');
  await page.getByRole('link', { name: `Se connecter avec ${name}` }).click();
  await page.getByLabel('Account').fill(account);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('/servers/new');
  await settled(page);
  // Nothing that a script could take away.
  assert.deepEqual(await page.evaluate('[...Object.keys(localStorage), ...Object.keys(sessionStorage)]'), []);
  assert.equal(await page.evaluate('document.cookie'), '');
  const session = (await context.cookies()).find((cookie) => cookie.name.startsWith('potluck-session'));
  assert.equal(session?.httpOnly, true);
}

/** The form with its three choices, then the line for the terminal that the page shows, until it leads into the server. */
export async function makeFirstServer(walk: Walk): Promise<MadeServer> {
  const { page, directory } = walk;
  await walk.choose(page.getByRole('group', { name: 'Ce qu’il contient' }).getByRole('radio', { name: /^tiny/i }));
  await walk.choose(page.getByRole('group', { name: 'Sa taille' }).getByRole('radio', { name: /^tiny/i }));
  await walk.choose(page.getByRole('radio', { name: /Créez-moi une clé/ }));
  const name = await page.getByLabel('Nom', { exact: true }).inputValue();
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Créer le serveur' }).click();
  const file = await downloaded;
  await file.saveAs(join(directory, file.suggestedFilename()));
  await page.waitForURL(/\/servers\/[0-9a-f-]{36}/);
  const id = /\/servers\/([0-9a-f-]+)/.exec(page.url())?.[1] ?? '';

  const lines = page.locator('pre').filter({ hasText: /^chmod 600 .*\nssh -i / });
  await lines.waitFor({ timeout: 60_000 });
  const [chmod = '', ssh = ''] = ((await lines.textContent()) ?? '').split('\n');
  assert.ok(ssh.includes(file.suggestedFilename()), ssh);
  // Nobody is there to believe the server's own key.
  const options = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=5';
  const inDirectory = (line: string) => run('sh', ['-c', `cd ${directory} && ${line}`], { seconds: 30 });
  assert.equal((await inDirectory(chmod)).code, 0);
  const shell = (command: string) =>
    inDirectory(`${ssh.replace('ssh ', `ssh ${options} `)} "$(cat <<'END'\n${command}\nEND\n)"`);
  const shown = await until(
    ssh,
    () => shell('hostname'),
    ({ code }) => code === 0,
    60,
  );
  assert.equal(shown.stdout.trim(), name);
  return { id, name, address: /@(\S+)$/.exec(ssh)?.[1] ?? '', shell };
}
