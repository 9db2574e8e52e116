import type { Text } from '../en/index.ts';
import { common, errors, how, table } from './common.ts';
import { home } from './home.ts';
import { layout, navigation } from './layout.ts';
import { servers } from './servers.ts';
import { newServer } from './new-server.ts';
import { signIn } from './sign-in.ts';

export const fr: Text = { common, errors, home, how, layout, navigation, newServer, servers, signIn, table };
