import type { PageRoute } from '../../layout/page-route.ts';

export const serverGroupPages: readonly PageRoute[] = [{ path: '/server-groups', load: () => import('./list.tsx') }];
