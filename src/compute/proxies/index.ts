import type { Route } from '../../http/route.ts';
import { floatingIpRoutes } from './floating-ips.ts';
import { imageProxyRoutes } from './images.ts';
import { networkProxyRoutes } from './networks.ts';
import { securityGroupRoutes } from './security-groups.ts';
import { volumeProxyRoutes } from './volumes.ts';

/** What Nova passed on to other services until 2.35. */
export const proxyRoutes: Route[] = [
  ...networkProxyRoutes,
  ...floatingIpRoutes,
  ...securityGroupRoutes,
  ...imageProxyRoutes,
  ...volumeProxyRoutes,
];
