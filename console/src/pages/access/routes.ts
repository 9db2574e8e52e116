import type { PageRoute } from '../../layout/page-route.ts';

export const accessPages: readonly PageRoute[] = [{ path: '/access', load: () => import('./list.tsx') }];
