import type { Text } from '../en/index.ts';
import { common, errors, how, table } from './common.ts';
import { catalog } from './catalog.ts';
import { hosts } from './hosts.ts';
import { operations } from './operations.ts';
import { people } from './people.ts';
import { home } from './home.ts';
import { layout, navigation } from './layout.ts';
import { servers } from './servers.ts';
import { newServer } from './new-server.ts';
import { signIn } from './sign-in.ts';

export const fr: Text = {
  catalog,
  common,
  errors,
  home,
  hosts,
  how,
  layout,
  navigation,
  newServer,
  operations,
  people,
  servers,
  signIn,
  table,
};
