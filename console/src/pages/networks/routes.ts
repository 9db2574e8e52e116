import type { PageRoute } from '../../layout/page-route.ts';

export const networkPages: readonly PageRoute[] = [
  { path: '/networks', load: () => import('./list.tsx') },
  { path: '/networks/:id', load: () => import('./network.tsx') },
  { path: '/routers/:id', load: () => import('./router.tsx') },
  { path: '/ports/:id', load: () => import('./port/detail.tsx') },
];
