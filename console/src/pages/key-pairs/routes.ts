import type { PageRoute } from '../../layout/page-route.ts';

export const keyPairPages: readonly PageRoute[] = [{ path: '/key-pairs', load: () => import('./list.tsx') }];
