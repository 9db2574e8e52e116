import type { PageRoute } from '../../layout/page-route.ts';

export const imagePages: readonly PageRoute[] = [
  { path: '/images', load: () => import('./list.tsx') },
  { path: '/images/:id', load: () => import('./detail.tsx') },
];
