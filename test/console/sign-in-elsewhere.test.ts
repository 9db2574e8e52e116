import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startIdentityProvider, type IdentityProvider, type Person } from '../support/identity-provider.ts';
import { violationsInBothThemes } from './accessibility.ts';
import { startConsoleCloud, type ConsoleCloud } from './cloud.ts';
import { open, startBrowser, visit } from './visit.ts';

/* An operator lets an association's people in, in French; one of them comes, and sees where they are signed in. */

const PEOPLE = new Map<string, Person>([['7', { name: 'chloe', groups: ['benevoles', 'jardin'] }]]);

let cloud: ConsoleCloud;
let browser: Browser;
let provider: IdentityProvider;
before(async () => {
  cloud = await startConsoleCloud();
  browser = await startBrowser();
  provider = await startIdentityProvider(PEOPLE, `${cloud.url}/session/oidc/callback`);
});
after(async () => {
  provider?.close();
  await browser?.close();
  await cloud?.stop();
});

test('a provider is added by what it shows, a rule is a sentence, and who it is about has what it says', async () => {
  const admin = await visit(browser, cloud, { person: 'potluck', language: 'fr' });
  const { page } = admin;
  await open(page, '/admin/identity-providers');
  await page.getByRole('link', { name: 'Ajouter un fournisseur' }).first().click();
  await page.getByText(`${cloud.url}/session/oidc/callback`).waitFor();
  const add = page.getByRole('button', { name: 'Essayer et ajouter' });
  await add.click();
  await page.getByText('Donnez un nom, avec des lettres ou des chiffres.').waitFor();
  await page.getByLabel('Nom', { exact: true }).fill('Compte de l’association');
  // As it is pasted: with the address of the description.
  await page.getByLabel('Adresse de l’émetteur').fill(`${provider.issuer}/.well-known/openid-configuration`);
  await page.getByLabel('Identifiant du client').fill(provider.clientId);
  await page.getByLabel('Secret du client').fill('mauvais');
  await page.getByLabel('Les membres de groupes chez le fournisseur').check();
  await page.getByLabel('Groupes', { exact: true }).fill('benevoles');
  await add.click();
  await page.getByText('Il n’accepte pas l’identifiant avec ce secret.').waitFor();
  assert.deepEqual(await violationsInBothThemes(page, 'a provider that does not work'), []);
  await page.getByLabel('Secret du client').fill(provider.clientSecret);
  await add.click();
  await page.getByRole('heading', { name: 'Compte de l’association', level: 1 }).waitFor();
  await page.getByText('Les membres de « benevoles » peuvent se connecter', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Ajouter une règle' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ajouter une règle' });
  await dialog.getByLabel('Groupes', { exact: true }).fill('jardin');
  await dialog.getByLabel('Nom du projet').fill('potager');
  const sentence = 'Les membres de « jardin » reçoivent le rôle member dans le projet « potager »';
  await dialog.getByText(sentence, { exact: true }).waitFor();
  assert.deepEqual(await violationsInBothThemes(page, 'a rule'), []);
  await dialog.getByRole('button', { name: 'Ajouter une règle' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(sentence, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Essayer la connexion' }).click();
  await page.getByText('Le fournisseur répond comme il faut.').waitFor();
  assert.deepEqual(admin.complaints, []);

  const chloe = await visit(browser, cloud, { person: null, language: 'fr' });
  await chloe.page.goto('/account/sessions');
  await chloe.page.getByRole('link', { name: /Compte de l’association/ }).click();
  await chloe.page.getByLabel('Account').fill('7');
  await chloe.page.getByRole('button', { name: 'Sign in' }).click();
  const sessions = chloe.page.getByRole('table', { name: 'Où vous êtes connecté' });
  await sessions.getByRole('row', { name: /Ce navigateur.*Compte de l’association/ }).waitFor();
  // Elsewhere too, and no more.
  const phone = await visit(browser, cloud, { person: null, language: 'fr' });
  await phone.page.goto('/sign-in');
  await phone.page.getByRole('link', { name: /Compte de l’association/ }).click();
  await phone.page.getByLabel('Account').fill('7');
  await phone.page.getByRole('button', { name: 'Sign in' }).click();
  await phone.page.getByRole('button', { name: 'Compte: chloe' }).waitFor();
  const answer = await phone.context.request.get('/session?nocatalog');
  const { projects } = (await answer.json()) as { projects: { name: string }[] };
  assert.deepEqual(
    projects.map(({ name }) => name),
    ['chloe', 'potager'],
  );
  await chloe.page.reload();
  await chloe.page.getByRole('button', { name: 'Se déconnecter partout ailleurs' }).click();
  const question = chloe.page.getByRole('alertdialog').or(chloe.page.getByRole('dialog'));
  await question.getByRole('button', { name: 'Se déconnecter partout ailleurs' }).click();
  await chloe.page.getByText('Toutes les autres sessions ont pris fin').waitFor();
  assert.equal((await phone.context.request.get('/session')).status(), 401);
  assert.equal((await chloe.context.request.get('/session')).status(), 200);

  // Removed, nobody is in any more.
  await page.getByRole('button', { name: 'Supprimer', exact: true }).click();
  const removal = page.getByRole('alertdialog').or(page.getByRole('dialog', { name: 'Supprimer' }));
  await removal.getByRole('textbox').fill('compte-de-l-association');
  await removal.getByRole('button', { name: 'Supprimer' }).click();
  await page.getByText('Pas encore de fournisseur d’identité').waitFor();
  assert.equal((await chloe.context.request.get('/session')).status(), 401);
  for (const one of [admin, chloe, phone]) await one.close();
});
