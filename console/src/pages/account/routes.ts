import type { PageRoute } from '../../layout/page-route.ts';

export const accountPages: readonly PageRoute[] = [{ path: '/account/sessions', load: () => import('./sessions.tsx') }];
