import type { PageRoute } from '../../layout/page-route.ts';

export const securityGroupPages: readonly PageRoute[] = [
  { path: '/security-groups', load: () => import('./list.tsx') },
  { path: '/security-groups/:id', load: () => import('./detail.tsx') },
];
