import assert from 'node:assert/strict';
import { join } from 'node:path';
import { run, until, withClients } from '../client.ts';
import type { MadeServer } from './first-server.ts';
import { confirm, goTo, rowOf, type Walk } from './walk.ts';

export interface MadeVolume {
  id: string;
  name: string;
}

/** A new volume, plugged into the server, which sees it as a disk and writes on it. */
export async function attachVolume({ page }: Walk, server: MadeServer): Promise<MadeVolume> {
  const name = 'photos';
  await goTo(page, 'Volumes');
  await page.getByRole('button', { name: 'Nouveau volume' }).first().click();
  await page.getByRole('dialog').getByLabel('Nom', { exact: true }).fill(name);
  await confirm(page, 'Nouveau volume');
  await rowOf(page, name).getByText('Prêt').waitFor();
  const link = await page.getByRole('link', { name, exact: true }).getAttribute('href');

  await goTo(page, 'Serveurs');
  await page.getByRole('link', { name: server.name, exact: true }).click();
  await page.getByRole('tab', { name: 'Volumes' }).click();
  await page.getByRole('button', { name: 'Brancher un volume' }).click();
  await confirm(page, 'Brancher un volume');
  await page.getByText('/dev/vdb', { exact: true }).waitFor();
  const seen = await until(
    'the guest sees the volume',
    () => server.shell('blockdev --getsize64 /dev/vdb && echo bonjour >/dev/vdb && head -c 7 /dev/vdb'),
    ({ code }) => code === 0,
    20,
  );
  assert.equal(seen.stdout, `${2 ** 30}\nbonjour`);
  return { id: link?.split('/').at(-1) ?? '', name };
}

/** A sentence in the security group lets everybody reach a port; before it, nobody does. */
export async function openPort({ page }: Walk, { address, shell }: MadeServer, port: number): Promise<void> {
  const listening = await shell(
    `mkdir -p /tmp/www && echo bonjour >/tmp/www/index.html && httpd -p ${port} -h /tmp/www`,
  );
  assert.equal(listening.code, 0, listening.stderr);
  const ask = (seconds: string) => run('curl', ['-sS', '--max-time', seconds, `http://${address}:${port}/`]);
  assert.equal((await shell(`wget -qO- http://127.0.0.1:${port}/`)).stdout, 'bonjour\n');
  assert.notEqual((await ask('1')).code, 0, 'nobody is let in yet');

  await goTo(page, 'Groupes de sécurité');
  await page.getByRole('link', { name: 'default', exact: true }).click();
  await page.getByRole('button', { name: 'Ajouter une phrase' }).first().click();
  const window = page.getByRole('dialog');
  await window.getByLabel('Quoi', { exact: true }).selectOption({ label: 'Un autre port…' });
  await window.getByLabel('Port', { exact: true }).fill(String(port));
  const sentence = `N’importe qui peut joindre le port ${port}`;
  await window.getByText(sentence).waitFor();
  await confirm(page, 'Autoriser');
  await page.getByRole('listitem').filter({ hasText: sentence }).waitFor();
  const answer = await until(
    `port ${port} is open`,
    () => ask('2'),
    ({ code }) => code === 0,
    20,
  );
  assert.equal(answer.stdout, 'bonjour\n');
}

/** An application credential with its clouds.yaml, and the line that its page shows, in the unmodified client. */
export async function useFromTerminal({ page, directory }: Walk, server: MadeServer): Promise<string> {
  const name = 'portable';
  await goTo(page, 'Accès des programmes');
  await page.getByRole('button', { name: 'Nouvel identifiant' }).first().click();
  await page.getByRole('dialog').getByLabel('Nom', { exact: true }).fill(name);
  await page.getByRole('dialog').getByRole('button', { name: 'Nouvel identifiant' }).click();
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name: /^clouds\.yaml/ }).click();
  const file = join(directory, 'clouds.yaml');
  await (await downloaded).saveAs(file);
  const lines = (await page.locator('pre').filter({ hasText: 'openstack --os-cloud' }).textContent()) ?? '';
  const command = /^openstack .*$/m.exec(lines)?.[0].split(' ') ?? [];
  await confirm(page, 'J’ai ce qu’il me faut');
  const listed = await withClients('env', [`OS_CLIENT_CONFIG_FILE=${file}`, ...command, '-f', 'json']);
  assert.equal(listed.code, 0, listed.stderr);
  const servers = JSON.parse(listed.stdout) as { Name: string; Status: string }[];
  assert.deepEqual(
    servers.map(({ Name, Status }) => [Name, Status]),
    [[server.name, 'ACTIVE']],
  );
  return name;
}
