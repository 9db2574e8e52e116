import type { PageRoute } from '../../../layout/page-route.ts';

export const peoplePages: readonly PageRoute[] = [
  { path: '/admin/projects', load: () => import('./projects.tsx') },
  { path: '/admin/projects/new', load: () => import('./new-project.tsx') },
  { path: '/admin/projects/:id', load: () => import('./project.tsx') },
  { path: '/admin/users', load: () => import('./users.tsx') },
  { path: '/admin/users/:id', load: () => import('./user.tsx') },
  { path: '/admin/groups', load: () => import('./groups.tsx') },
  { path: '/admin/groups/:id', load: () => import('./group.tsx') },
  { path: '/admin/roles', load: () => import('./roles.tsx') },
];
