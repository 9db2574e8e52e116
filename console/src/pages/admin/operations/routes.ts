import type { PageRoute } from '../../../layout/page-route.ts';

export const operationPages: readonly PageRoute[] = [
  { path: '/admin/health', load: () => import('./health.tsx') },
  { path: '/admin/jobs', load: () => import('./jobs.tsx') },
  { path: '/admin/audit', load: () => import('./audit.tsx') },
];
