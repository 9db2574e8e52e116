import type { PageRoute } from '../../../layout/page-route.ts';

export const catalogPages: readonly PageRoute[] = [
  { path: '/admin/flavors', load: () => import('./flavors.tsx') },
  { path: '/admin/images', load: () => import('./images.tsx') },
  { path: '/admin/networks', load: () => import('./networks.tsx') },
];
