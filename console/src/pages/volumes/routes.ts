import type { PageRoute } from '../../layout/page-route.ts';

export const volumePages: readonly PageRoute[] = [
  { path: '/volumes', load: () => import('./list.tsx') },
  { path: '/volumes/:id', load: () => import('./detail.tsx') },
];
