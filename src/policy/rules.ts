import type { Context } from '../http/context.ts';

/**
 * Who may call an operation at all, by role and by what the token is for; which objects they then see and change is
 * decided by the store's queries, and what they do not see is not found. The roles are OpenStack's secure RBAC
 * personas (https://governance.openstack.org/tc/goals/selected/consistent-and-secure-rbac.html); each includes the
 * next lower: admin, manager, member, reader.
 */
export interface RuleText {
  /** Ends the sentence "it needs …" of a refusal. */
  needs: string;
  allows: (context: Context) => boolean;
}

/** A role on a project or on the system: a token for a domain opens nothing but identity. */
const role = (name: string): RuleText => ({
  needs: `the role ${name} on a project`,
  allows: ({ roles, domainId }) => domainId === null && roles.includes(name),
});

/** An administrator of the whole cloud: by a project or the system. A token for a domain is not for what is above it. */
export const rulesCloud = (context: Context) => context.isAdmin && context.domainId === null;

const seesCloud = (context: Context) => rulesCloud(context) || (context.system && context.roles.includes('reader'));

/** Who sees what everybody did: administrators of the cloud, and readers of the system. */
export const overseesAll = seesCloud;

const onDomain = (context: Context, name: string) => context.domainId !== null && context.roles.includes(name);

export const RULES = {
  public: { needs: 'nothing', allows: () => true },
  /** A host's own token, not a user's. */
  agent: { needs: "a host's token", allows: () => true },
  /** Any valid token, also one without a scope: what it opens is the caller's own. */
  authenticated: { needs: 'a token', allows: () => true },
  reader: role('reader'),
  member: role('member'),
  manager: role('manager'),
  admin: { needs: 'the role admin on a project or the system', allows: rulesCloud },
  'system-reader': { needs: 'the role reader on the system', allows: seesCloud },
  'domain-reader': {
    needs: 'the role reader on a domain or the system',
    allows: (context) => seesCloud(context) || context.isAdmin || onDomain(context, 'reader'),
  },
  'domain-manager': {
    needs: 'the role manager on a domain',
    allows: (context) => context.isAdmin || onDomain(context, 'manager'),
  },
  overseer: {
    needs: 'the role manager on a project or domain, or reader on the system',
    allows: (context) => seesCloud(context) || context.roles.includes('manager'),
  },
} as const satisfies Record<string, RuleText>;

export type Rule = keyof typeof RULES;
