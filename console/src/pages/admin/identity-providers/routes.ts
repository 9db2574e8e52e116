import type { PageRoute } from '../../../layout/page-route.ts';

export const identityProviderPages: readonly PageRoute[] = [
  { path: '/admin/identity-providers', load: () => import('./list.tsx') },
  { path: '/admin/identity-providers/new', load: () => import('./new.tsx') },
  { path: '/admin/identity-providers/:id', load: () => import('./detail.tsx') },
];
