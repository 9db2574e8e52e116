import type { Text } from '../en/index.ts';
import { common, errors, how, table } from './common.ts';
import { catalog } from './catalog.ts';
import { hosts } from './hosts.ts';
import { identityProviders } from './identity-providers.ts';
import { operations } from './operations.ts';
import { people } from './people.ts';
import { home } from './home.ts';
import { layout, navigation } from './layout.ts';
import { serverDetail } from './server-detail.ts';
import { servers } from './servers.ts';
import { serverActions } from './server-actions.ts';
import { newServer } from './new-server.ts';
import { signIn } from './sign-in.ts';
import { floatingIps } from './floating-ips.ts';
import { keyPairs } from './key-pairs.ts';
import { networks } from './networks.ts';
import { ports } from './ports.ts';
import { images } from './images.ts';
import { securityGroups } from './security-groups.ts';
import { quotas } from './quotas.ts';
import { serverGroups } from './server-groups.ts';
import { access } from './access.ts';
import { account } from './account.ts';
import { backups } from './backups.ts';
import { volumes } from './volumes.ts';

export const fr: Text = {
  common,
  errors,
  home,
  how,
  layout,
  navigation,
  newServer,
  serverDetail,
  servers,
  serverActions,
  signIn,
  table,
  floatingIps,
  keyPairs,
  networks,
  ports,
  images,
  securityGroups,
  quotas,
  serverGroups,
  access,
  account,
  volumes,
  backups,
  catalog,
  hosts,
  identityProviders,
  operations,
  people,
};
