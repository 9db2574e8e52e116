import type { IconName } from './parts/icons.tsx';
import type { Session } from './api/session.ts';
import { isAdmin } from './api/session.ts';
import type { Text } from './text/index.tsx';

export interface NavigationEntry {
  /** Where it leads; it is the current one on every page below. */
  to: string;
  label: (text: Text) => string;
  icon: IconName;
  group: 'project' | 'operators';
  /** Who sees it; everybody with a project when not given, operators for their group. */
  for?: (session: Session) => boolean;
}

/** The menu, in its order. Each area of pages adds its line. */
export const NAVIGATION: readonly NavigationEntry[] = [
  { to: '/', label: (text) => text.navigation.home, icon: 'home', group: 'project' },
  { to: '/servers', label: (text) => text.navigation.servers, icon: 'server', group: 'project' },
  { to: '/volumes', label: (text) => text.navigation.volumes, icon: 'volume', group: 'project' },
  { to: '/images', label: (text) => text.navigation.images, icon: 'image', group: 'project' },
  { to: '/networks', label: (text) => text.navigation.networks, icon: 'network', group: 'project' },
  { to: '/floating-ips', label: (text) => text.navigation.floatingIps, icon: 'globe', group: 'project' },
  { to: '/security-groups', label: (text) => text.navigation.securityGroups, icon: 'shield', group: 'project' },
  { to: '/key-pairs', label: (text) => text.navigation.keyPairs, icon: 'key', group: 'project' },
  { to: '/server-groups', label: (text) => text.navigation.serverGroups, icon: 'people', group: 'project' },
  { to: '/quotas', label: (text) => text.navigation.quotas, icon: 'gauge', group: 'project' },
  { to: '/access', label: (text) => text.navigation.access, icon: 'terminal', group: 'project' },
  { to: '/admin/hosts', label: (text) => text.navigation.hosts, icon: 'host', group: 'operators' },
  { to: '/admin/servers', label: (text) => text.navigation.allServers, icon: 'server', group: 'operators' },
  { to: '/admin/health', label: (text) => text.navigation.health, icon: 'gauge', group: 'operators' },
  { to: '/admin/jobs', label: (text) => text.navigation.jobs, icon: 'refresh', group: 'operators' },
  { to: '/admin/audit', label: (text) => text.navigation.audit, icon: 'audit', group: 'operators' },
  { to: '/admin/projects', label: (text) => text.navigation.projects, icon: 'list', group: 'operators' },
  { to: '/admin/users', label: (text) => text.navigation.users, icon: 'people', group: 'operators' },
  { to: '/admin/groups', label: (text) => text.navigation.groups, icon: 'people', group: 'operators' },
  { to: '/admin/roles', label: (text) => text.navigation.roles, icon: 'shield', group: 'operators' },
  {
    to: '/admin/identity-providers',
    label: (text) => text.navigation.identityProviders,
    icon: 'key',
    group: 'operators',
  },
  { to: '/admin/flavors', label: (text) => text.navigation.flavors, icon: 'flavor', group: 'operators' },
  { to: '/admin/images', label: (text) => text.navigation.allImages, icon: 'image', group: 'operators' },
  { to: '/admin/networks', label: (text) => text.navigation.allNetworks, icon: 'globe', group: 'operators' },
];

/** What a person sees of it. Pure. */
export function navigationFor(session: Session): NavigationEntry[] {
  return NAVIGATION.filter((entry) => {
    if (entry.for) return entry.for(session);
    return entry.group === 'operators' ? isAdmin(session) : session.token.project !== undefined;
  });
}
