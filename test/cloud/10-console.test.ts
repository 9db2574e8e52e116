// The console in a real Chromium on the cloud that 'up' made: all that a volunteer does who has never heard of OpenStack, in
// French, from the account of their association to a server of their own and back to nothing.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cloudOf } from '../console/cloud.ts';
import { open, startBrowser, visit } from '../console/visit.ts';
import { lists } from './client.ts';
import { joinAssociation } from './console/association.ts';
import { followLog, openScreen } from './console/inside.ts';
import { attachVolume, openPort, useFromTerminal } from './console/project.ts';
import { deleteAll, leftovers } from './console/removal.ts';
import { makeFirstServer, signInAtProvider } from './console/first-server.ts';
import { beginWalk } from './console/walk.ts';

const cloud = cloudOf(join(homedir(), '.config/openstack/clouds.yaml'));

test('from the account of an association to a server of their own, and back to nothing', async (t) => {
  const browser = await startBrowser();
  t.after(() => browser.close());
  const person = { name: `camille-${Date.now()}`, groups: ['volunteers'] };
  const association = await joinAssociation(cloud, new Map([['1042', person]]));
  t.after(() => association.leave());
  const visited = await visit(browser, cloud, { person: null, language: 'fr' });
  const walk = beginWalk(visited);
  t.after(() => walk.end());
  t.after(() => console.log(walk.told()));

  await walk.step('signed in', () => signInAtProvider(walk, association, '1042'));
  const server = await walk.step('a shell on a server', () => makeFirstServer(walk));
  console.log(
    `from the sign-in page to SSH: ${walk.seconds().toFixed(1)} s (target: under 60), ${walk.choices} choices (target: 3)`,
  );
  await walk.step('its screen, and what is typed there', () => openScreen(walk, server));
  await walk.step('its log', () => followLog(walk, server));
  const volume = await walk.step('a volume', () => attachVolume(walk, server));
  await walk.step('an open port', () => openPort(walk, server, 8080));
  const credential = await walk.step('clouds.yaml', () => useFromTerminal(walk, server));

  const operator = await visit(browser, cloud, { person: 'potluck', language: 'fr' });
  await walk.step('why it is where it is', async () => {
    await open(operator.page, `/admin/servers?q=${server.name}`);
    await operator.page.getByRole('button', { name: `Pourquoi ${server.name} est là` }).click();
    await operator.page.getByText(/a été choisi/).waitFor();
  });
  assert.deepEqual(operator.complaints, []);
  await operator.close();

  await walk.step('all deleted', () => deleteAll(walk, { server, volume, credential }));
  assert.deepEqual(await leftovers(walk), []);
  const all = await lists('potluck', 'server list --all-projects');
  assert.ok(!all.some((one) => one.ID === server.id));
  for (const kept of [`servers/${server.id}`, `volumes/${volume.id}`]) {
    assert.equal(existsSync(join('/var/lib/potluck/host', kept)), false, kept);
  }
  assert.deepEqual(visited.complaints, []);
});
