import type { MadeServer } from './first-server.ts';
import type { MadeVolume } from './project.ts';
import { confirm, deleteRow, goTo, rowOf, type Walk } from './walk.ts';

/** Takes away, page by page, all that the walk has made. */
export async function deleteAll(
  { page }: Walk,
  { server, volume, credential }: { server: MadeServer; volume: MadeVolume; credential: string },
): Promise<void> {
  await goTo(page, 'Serveurs');
  await page.getByRole('link', { name: server.name, exact: true }).click();
  await page.getByRole('main').getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Supprimer' }).click();
  await confirm(page, 'Supprimer');
  await page.getByText('Pas encore de serveur').waitFor();

  await goTo(page, 'Volumes');
  // What the server no longer holds.
  await rowOf(page, volume.name).getByText('Prêt').waitFor();
  await deleteRow(page, volume.name);
  await goTo(page, 'IP flottantes');
  await deleteRow(page, server.address, 'Rendre');
  await goTo(page, 'Clés SSH');
  await deleteRow(page, `cle-de-${server.name}`);
  await goTo(page, 'Accès des programmes');
  await deleteRow(page, credential);
}

/** What the person still has of all that, by its APIs: a line for each. */
export async function leftovers({ context }: Walk): Promise<string[]> {
  const ask = async <T>(path: string) =>
    (await (await context.request.get(path, { headers: { Accept: 'application/json' } })).json()) as T;
  const { token } = await ask<{ token: { user: { id: string } } }>('/session');
  const lists = [
    ['/compute/v2.1/servers', 'servers'],
    ['/compute/v2.1/os-keypairs', 'keypairs'],
    ['/volume/v3/volumes', 'volumes'],
    ['/network/v2.0/floatingips', 'floatingips'],
    ['/network/v2.0/ports?device_owner=compute:nova', 'ports'],
    [`/identity/v3/users/${token.user.id}/application_credentials`, 'application_credentials'],
  ] as const;
  const found = await Promise.all(
    lists.map(async ([path, member]) => {
      const list = (await ask<Record<string, unknown[]>>(path))[member];
      return list?.length === 0 ? [] : [`${path}: ${JSON.stringify(list)}`];
    }),
  );
  return found.flat();
}
