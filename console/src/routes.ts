import { catalogPages } from './pages/admin/catalog/routes.ts';
import { hostPages } from './pages/admin/hosts/routes.ts';
import { operationPages } from './pages/admin/operations/routes.ts';
import { identityProviderPages } from './pages/admin/identity-providers/routes.ts';
import { peoplePages } from './pages/admin/people/routes.ts';
import { homePages } from './pages/home/routes.ts';
import type { PageRoute } from './layout/page-route.ts';
import { serverPages } from './pages/servers/routes.ts';
import { floatingIpPages } from './pages/floating-ips/routes.ts';
import { keyPairPages } from './pages/key-pairs/routes.ts';
import { networkPages } from './pages/networks/routes.ts';
import { imagePages } from './pages/images/routes.ts';
import { securityGroupPages } from './pages/security-groups/routes.ts';
import { serverGroupPages } from './pages/server-groups/routes.ts';
import { quotaPages } from './pages/quotas/routes.ts';
import { accountPages } from './pages/account/routes.ts';
import { accessPages } from './pages/access/routes.ts';
import { volumePages } from './pages/volumes/routes.ts';

/** Every page that needs a session. Each area of pages adds its line. */
export const PAGES: readonly PageRoute[] = [
  ...homePages,
  ...serverPages,
  ...floatingIpPages,
  ...keyPairPages,
  ...networkPages,
  ...imagePages,
  ...securityGroupPages,
  ...serverGroupPages,
  ...quotaPages,
  ...accessPages,
  ...accountPages,
  ...volumePages,
  ...hostPages,
  ...peoplePages,
  ...identityProviderPages,
  ...catalogPages,
  ...operationPages,
];
