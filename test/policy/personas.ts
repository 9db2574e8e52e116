import type { DomainId, ProjectId, UserId } from '../../src/core/ids.ts';
import type { App } from '../../src/http/app.ts';
import type { Scope } from '../../src/identity/tokens/format.ts';
import { identityState } from '../../src/identity/tokens/state.ts';

/** Who asks, as the columns of the matrix: by role and by what the token is for. */
export const PERSONAS = [
  'nobody',
  'unscoped',
  'other-member',
  'project-reader',
  'project-member',
  'project-manager',
  'domain-reader',
  'domain-member',
  'domain-manager',
  'domain-admin',
  'system-reader',
  'system-admin',
  'admin',
] as const;

export type Persona = (typeof PERSONAS)[number];

/** Where the personas are; the project's things are made by its member. */
export interface Places {
  domainId: string;
  projectId: string;
  otherProjectId: string;
  adminProjectId: string;
  users: Record<Exclude<Persona, 'nobody'>, string>;
}

const ROLES: Record<string, readonly string[]> = {
  reader: ['reader'],
  member: ['member', 'reader'],
  manager: ['manager', 'member', 'reader'],
  admin: ['admin', 'manager', 'member', 'reader'],
};

/** A token for each persona, signed as the identity service signs them. */
export async function tokensOf(app: App, places: Places): Promise<Record<Exclude<Persona, 'nobody'>, string>> {
  const state = await identityState(app);
  const domainId = places.domainId as DomainId;
  const project = (id: string, domain = domainId): Scope => ({
    kind: 'project',
    id: id as ProjectId,
    domainId: domain,
  });
  const scopes: Record<string, Scope> = {
    unscoped: { kind: 'none' },
    other: project(places.otherProjectId),
    project: project(places.projectId),
    domain: { kind: 'domain', id: domainId },
    system: { kind: 'system' },
    admin: project(places.adminProjectId, 'default' as DomainId),
  };
  const tokens = {} as Record<Exclude<Persona, 'nobody'>, string>;
  for (const [persona, userId] of Object.entries(places.users) as [Exclude<Persona, 'nobody'>, string][]) {
    const [scope = '', role = persona] = persona.split('-');
    tokens[persona] = state.sign({
      userId: userId as UserId,
      userDomainId: domainId,
      scope: scopes[scope] ?? { kind: 'none' },
      roles: ROLES[role] ?? [],
      methods: ['password'],
      // Later than anything that a rehearsed request revokes, and would not take back.
      issuedAt: app.clock.now() + 600_000,
      expiresAt: app.clock.now() + 6_000_000,
      auditId: `audit-of-${persona}`,
      parentAuditId: null,
      applicationCredential: null,
      delegation: null,
      federation: null,
    });
  }
  return tokens;
}
