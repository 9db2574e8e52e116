import type { Account, Condition, Gift } from './meaning.ts';
import { ruleOf } from './meaning.ts';
import type { Rule } from './rule.ts';

/** The issuer in what a person pastes: also the address of its description, or one without https. Pure. */
export function issuerOf(text: string): string {
  const address = text.trim().replace(/\/\.well-known\/openid-configuration\/?$/, '');
  return address === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`;
}

/** An id for a provider, of the name that people call it by: letters, digits and hyphens. Pure. */
export function idOf(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
}

/** What accounts are made of, by the claims that a provider says it has; null when it does not say. Pure. */
export function accountOf(claims: readonly string[] | null): Account {
  const lacks = (claim: string) => claims !== null && !claims.includes(claim);
  // Google has no user names; people know themselves by their addresses there.
  const name = lacks('preferred_username') && !lacks('email') ? 'email' : 'preferred_username';
  return { id: 'sub', name, email: null };
}

/** Providers at which anybody in the world has an account or can make one. */
const PUBLIC = [
  /^https:\/\/accounts\.google\.com\/?$/,
  /^https:\/\/login\.microsoftonline\.com\/(common|consumers|organizations)\b/,
  /^https:\/\/(gitlab\.com|appleid\.apple\.com|www\.facebook\.com|www\.linkedin\.com\/oauth|login\.yahoo\.com)\/?$/,
];

/** Whether “all who have an account there” is the whole world. Pure. */
export const isPublic = (issuer: string): boolean => PUBLIC.some((pattern) => pattern.test(issuer));

/** Who may sign in to begin with. */
export type Who =
  { kind: 'everybody' } | { kind: 'groups'; names: string[] } | { kind: 'addresses'; domains: string[] };

/** An address counts when the provider has seen that it is theirs: anybody can write any into a form. Pure. */
export function conditionsOf(who: Who): Condition[] {
  if (who.kind === 'everybody') return [];
  if (who.kind === 'groups') return [{ kind: 'groups', names: who.names, not: false }];
  return [{ kind: 'addresses', domains: who.domains }, { kind: 'checked-address' }];
}

/** A role for a group, or for everybody who may sign in. */
export interface Grant {
  group: string | null;
  role: string;
  project: string;
}

/**
 * Rules for who may sign in, and for roles of groups among them. Without `who` the groups of the grants may. Projects are
 * those of the domain. Pure.
 */
export function rulesFor({
  who,
  grants,
  account,
  domain,
}: {
  who: Who | null;
  grants: readonly Grant[];
  account: Account;
  domain: string;
}): Rule[] {
  const gift = ({ role, project }: Grant): Gift => ({ kind: 'role', role, project, domain: { id: domain } });
  const base = who === null ? [] : conditionsOf(who);
  const all = who && { conditions: base, account, gifts: grants.filter(({ group }) => group === null).map(gift) };
  const some = grants.flatMap((grant) => {
    if (grant.group === null) return [];
    const known = who?.kind === 'groups' && who.names.includes(grant.group);
    const own: Condition = { kind: 'groups', names: [grant.group], not: false };
    return [{ conditions: known ? [own] : [...base, own], account, gifts: [gift(grant)] }];
  });
  return [...(all ? [all] : []), ...some].map(ruleOf);
}
