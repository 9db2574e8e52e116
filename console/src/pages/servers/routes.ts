import type { PageRoute } from '../../layout/page-route.ts';

export const serverPages: readonly PageRoute[] = [
  { path: '/servers', load: () => import('./list.tsx') },
  { path: '/servers/new', load: () => import('./new/new-server.tsx') },
  { path: '/servers/:id', load: () => import('./detail/detail.tsx') },
];
