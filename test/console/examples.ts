import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { ROOT, type Person } from './cloud.ts';

/** Every page of the console, from its own table: a new page is tested without a word here. */
export async function consolePages(): Promise<string[]> {
  // By a variable: its types are the console's own.
  const table = join(ROOT, 'console/src/routes.ts');
  const { PAGES } = (await import(table)) as { PAGES: readonly { path: string }[] };
  return PAGES.map(({ path }) => path);
}

/** Who can look at a page. */
export const personOf = (path: string): Person => (path.startsWith('/admin') ? 'potluck' : 'potluck-demo');

/** For a page about one thing: the list in which an example of it is found, and the member of the answer. */
const EXAMPLES: Record<string, { list: string; member: string; key?: string }> = {
  '/servers/:id': { list: '/compute/v2.1/servers', member: 'servers' },
  '/volumes/:id': { list: '/volume/v3/volumes', member: 'volumes' },
  '/snapshots/:id': { list: '/volume/v3/snapshots', member: 'snapshots' },
  '/images/:id': { list: '/image/v2/images', member: 'images' },
  '/networks/:id': { list: '/network/v2.0/networks', member: 'networks' },
  '/ports/:id': { list: '/network/v2.0/ports', member: 'ports' },
  '/routers/:id': { list: '/network/v2.0/routers', member: 'routers' },
  '/security-groups/:id': { list: '/network/v2.0/security-groups', member: 'security_groups' },
  '/admin/hosts/:name': { list: '/compute/v2.1/os-services?binary=nova-compute', member: 'services', key: 'host' },
  '/admin/projects/:id': { list: '/identity/v3/projects', member: 'projects' },
  '/admin/users/:id': { list: '/identity/v3/users', member: 'users' },
  '/admin/groups/:id': { list: '/identity/v3/groups', member: 'groups' },
  '/admin/identity-providers/:id': {
    list: '/identity/v3/OS-FEDERATION/identity_providers',
    member: 'identity_providers',
  },
  '/admin/flavors/:id': { list: '/compute/v2.1/flavors', member: 'flavors' },
};

/** The address of a page, with something that is there in place of its parameter. Throws when nothing is known. */
export async function addressOf(context: BrowserContext, path: string): Promise<string> {
  if (!path.includes(':')) return path;
  const base = path.split('/').slice(0, path.split('/').findIndex((part) => part.startsWith(':')) + 1);
  const example = EXAMPLES[base.join('/')];
  if (example === undefined)
    throw new Error(`${path}: say in test/console/examples.ts where an example of it is found`);
  const answer = await context.request.get(example.list, { headers: { Accept: 'application/json' } });
  const list = ((await answer.json()) as Record<string, Record<string, string>[] | undefined>)[example.member] ?? [];
  const id = list[0]?.[example.key ?? 'id'];
  if (id === undefined) throw new Error(`${path}: ${example.list} is empty: make one in test/console/seed.ts`);
  return path.replace(/:\w+/, encodeURIComponent(id));
}
