import { ApiError } from '../../core/errors.ts';
import type { Method, Route } from '../../http/route.ts';
import { route } from '../../http/route.ts';

/** What Nova has taken out for good and answers 410 for: https://docs.openstack.org/api-ref/compute/#obsolete-apis */
const GONE: readonly (readonly [Method, string])[] = [
  ['GET', '/os-agents'],
  ['POST', '/os-agents'],
  ['PUT', '/os-agents/:id'],
  ['DELETE', '/os-agents/:id'],
  ['GET', '/os-cells'],
  ['POST', '/os-cells'],
  ['GET', '/os-cells/:id'],
  ['PUT', '/os-cells/:id'],
  ['DELETE', '/os-cells/:id'],
  ['GET', '/os-cells/:id/capacities'],
  ['POST', '/os-certificates'],
  ['GET', '/os-certificates/:id'],
  ['GET', '/os-cloudpipe'],
  ['POST', '/os-cloudpipe'],
  ['PUT', '/os-cloudpipe/:id'],
  ['GET', '/os-fixed-ips/:id'],
  ['POST', '/os-fixed-ips/:id/action'],
  ['GET', '/os-floating-ip-dns'],
  ['PUT', '/os-floating-ip-dns/:id'],
  ['DELETE', '/os-floating-ip-dns/:id'],
  ['GET', '/os-floating-ip-dns/:id/entries/:entry'],
  ['PUT', '/os-floating-ip-dns/:id/entries/:entry'],
  ['DELETE', '/os-floating-ip-dns/:id/entries/:entry'],
  ['GET', '/os-floating-ips-bulk'],
  ['POST', '/os-floating-ips-bulk'],
  ['GET', '/os-floating-ips-bulk/:id'],
  ['PUT', '/os-floating-ips-bulk/:id'],
  ['GET', '/os-fping'],
  ['GET', '/os-fping/:id'],
  ['POST', '/os-networks'],
  ['POST', '/os-networks/add'],
  ['DELETE', '/os-networks/:network_id'],
  ['POST', '/os-networks/:network_id/action'],
  ['GET', '/os-security-group-default-rules'],
  ['POST', '/os-security-group-default-rules'],
  ['GET', '/os-security-group-default-rules/:id'],
  ['DELETE', '/os-security-group-default-rules/:id'],
  ['POST', '/os-tenant-networks'],
  ['DELETE', '/os-tenant-networks/:network_id'],
  ['GET', '/servers/:server_id/consoles'],
  ['POST', '/servers/:server_id/consoles'],
  ['GET', '/servers/:server_id/consoles/:id'],
  ['DELETE', '/servers/:server_id/consoles/:id'],
  ['GET', '/servers/:server_id/os-virtual-interfaces'],
];

export const goneRoutes: Route[] = GONE.map(([method, path]) =>
  route({
    operation: `gone:${method.toLowerCase()}:${path.slice(1).replaceAll('/', ':').replaceAll('::', ':')}`,
    method,
    path,
    handler: () =>
      Promise.reject(new ApiError(410, 'Gone', `This was taken out of the compute API for good: ${method} ${path}.`)),
  }),
);
