import type { PageRoute } from '../../layout/page-route.ts';

export const floatingIpPages: readonly PageRoute[] = [{ path: '/floating-ips', load: () => import('./list.tsx') }];
