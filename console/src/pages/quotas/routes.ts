import type { PageRoute } from '../../layout/page-route.ts';

export const quotaPages: readonly PageRoute[] = [{ path: '/quotas', load: () => import('./quotas.tsx') }];
