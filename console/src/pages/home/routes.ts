import type { PageRoute } from '../../layout/page-route.ts';

export const homePages: readonly PageRoute[] = [{ path: '/', load: () => import('./home.tsx') }];
