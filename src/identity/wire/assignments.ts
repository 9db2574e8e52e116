import type { Call } from '../../http/route.ts';
import type { Assignment } from '../assignment-list.ts';
import { urlOf } from './common.ts';

/** Something with a name in a domain, as `include_names` shows it. */
export interface Named {
  id: string;
  name?: string;
  domain?: { id: string; name: string };
}

export interface Names {
  user(id: string): Named;
  group(id: string): Named;
  project(id: string): Named;
  domain(id: string): Named;
  role(id: string): Named;
}

const bare = (id: string): Named => ({ id });
/** Without `include_names` everything is its id. */
export const BARE_NAMES: Names = { user: bare, group: bare, project: bare, domain: bare, role: bare };

/** An assignment as the API shows it, with the links to what it follows from. */
export function renderAssignment(call: Pick<Call, 'app'>, row: Assignment, names: Names): object {
  return {
    role: names.role(row.role_id),
    [row.actor_type]: row.actor_type === 'user' ? names.user(row.actor_id) : names.group(row.actor_id),
    scope: {
      ...scopeOf(row, names),
      ...(row.inherited && { 'OS-INHERIT:inherited_to': 'projects' }),
    },
    links: {
      assignment: urlOf(call, assignmentPath(row)),
      ...(row.viaGroup !== null && { membership: urlOf(call, `/groups/${row.viaGroup}/users/${row.actor_id}`) }),
      ...(row.viaRole !== null && { prior_role: urlOf(call, `/prior_role/${row.viaRole}/implies/${row.role_id}`) }),
    },
  };
}

function scopeOf(row: Assignment, names: Names): object {
  switch (row.target_type) {
    case 'project':
      return { project: names.project(row.target_id) };
    case 'domain':
      return { domain: names.domain(row.target_id) };
    case 'system':
      return { system: { all: true } };
  }
}

/** Where the grant is that the assignment follows from. */
function assignmentPath(row: Assignment): string {
  const target = row.viaTarget ?? { type: row.target_type, id: row.target_id };
  const actor = row.viaGroup === null ? `${row.actor_type}s/${row.actor_id}` : `groups/${row.viaGroup}`;
  const path = `${target.type === 'system' ? '/system' : `/${target.type}s/${target.id}`}/${actor}/roles/${row.viaRole ?? row.role_id}`;
  return row.inherited ? `/OS-INHERIT${path}/inherited_to_projects` : path;
}
