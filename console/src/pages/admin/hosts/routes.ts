import type { PageRoute } from '../../../layout/page-route.ts';

export const hostPages: readonly PageRoute[] = [
  { path: '/admin/hosts', load: () => import('./list.tsx') },
  { path: '/admin/hosts/:name', load: () => import('./detail.tsx') },
  { path: '/admin/servers', load: () => import('./servers.tsx') },
];
