import type { PageRoute } from '../../layout/page-route.ts';

export const serverPages: readonly PageRoute[] = [{ path: '/servers', load: () => import('./list.tsx') }];
