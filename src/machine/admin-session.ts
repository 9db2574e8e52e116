import { secret } from './accounts.ts';
import type { Machine } from './everything.ts';
import { signIn, type Session } from './seed/client.ts';
import { urlOf } from './settings.ts';

/** Signs in to the cloud of this machine as its administrator. Needs root, who alone may read the password. */
export async function signInAsAdmin({ paths, settings }: Pick<Machine, 'paths' | 'settings'>): Promise<Session> {
  const password = await secret(paths, 'admin-password');
  return signIn(urlOf(settings), { username: 'admin', password, project: 'admin' });
}
