import type { DomainName, Local, Remote, Rule } from './rule.ts';

/*
 * What a rule of a mapping means to a person, and the rule that a meaning is written as. A rule that says more than
 * these words can is null here: it is shown and kept as it is.
 */

/** Whom a rule is about; all of a rule's conditions must be so. None: everybody who has an account at the provider. */
export type Condition =
  | { kind: 'groups'; names: string[]; not: boolean }
  /** Part of the address behind the @. */
  | { kind: 'addresses'; domains: string[] }
  /** The provider has seen that the address is theirs. */
  | { kind: 'checked-address' }
  | { kind: 'claim'; claim: string; values: string[]; not: boolean };

/** What they get besides being let in. */
export type Gift =
  | { kind: 'role'; role: string; project: string; domain: DomainName | null }
  | { kind: 'group'; name: string; domain: DomainName }
  | { kind: 'group-id'; id: string }
  /** The groups here that are called as theirs there. */
  | { kind: 'same-groups'; domain: DomainName };

/** The claims that their account here is made of; null for what is left to the cloud. */
export interface Account {
  id: string | null;
  name: string | null;
  email: string | null;
}

export interface Meaning {
  conditions: Condition[];
  account: Account | null;
  gifts: Gift[];
}

const GROUPS = 'groups';

/** `groups` of `OIDC-groups` and `HTTP_OIDC_GROUPS`; null for what is no claim. */
const claimOf = (type: string): string | null =>
  type.startsWith('OIDC-')
    ? type.slice('OIDC-'.length)
    : type.startsWith('HTTP_OIDC_')
      ? type.slice('HTTP_OIDC_'.length).toLowerCase()
      : null;

/** What a rule says; null when it says more. Pure. */
export function meaningOf(rule: Rule): Meaning | null {
  const conditions: Condition[] = [];
  /** The claims that `{0}`, `{1}` … stand for. */
  const values: string[] = [];
  for (const remote of rule.remote) {
    const claim = claimOf(remote.type);
    if (claim === null || remote.whitelist !== undefined || remote.blacklist !== undefined) return null;
    if (remote.any_one_of === undefined && remote.not_any_of === undefined) values.push(claim);
    else {
      const condition = conditionOf(claim, remote);
      if (condition === null) return null;
      conditions.push(condition);
    }
  }
  const filled = (text: string | undefined): string | null => {
    const [, index] = /^\{(\d+)\}$/.exec(text ?? '') ?? [];
    return index === undefined ? null : (values[Number(index)] ?? null);
  };
  const gifts: Gift[] = [];
  let account: Account | null = null;
  for (const local of rule.local) {
    const { user, ...rest } = local;
    if (user !== undefined) {
      const { id, name, email, ...more } = user;
      const one = { id: filled(id), name: filled(name), email: filled(email) };
      const whole =
        (id === undefined || one.id !== null) &&
        (name === undefined || one.name !== null) &&
        (email === undefined || one.email !== null);
      if (account !== null || !whole || Object.keys(more).length > 0) return null;
      account = one;
    }
    const own = giftsOf(rest, filled);
    if (own === null) return null;
    gifts.push(...own);
  }
  // A claim that is asked for and not used is a condition that these words do not have; everybody has a `sub`.
  const used = [
    account?.id,
    account?.name,
    account?.email,
    ...gifts.map((gift) => gift.kind === 'same-groups' && GROUPS),
  ];
  if (values.some((claim) => claim !== 'sub' && !used.includes(claim))) return null;
  return { conditions, account, gifts };
}

function conditionOf(claim: string, { any_one_of, not_any_of, regex }: Remote): Condition | null {
  const values = any_one_of ?? not_any_of ?? [];
  const not = any_one_of === undefined;
  if (values.length === 0 || (any_one_of !== undefined && not_any_of !== undefined)) return null;
  if (regex === true) {
    const domains = values.map(domainIn);
    return claim !== 'email' || not || domains.includes(null)
      ? null
      : { kind: 'addresses', domains: domains.filter((one) => one !== null) };
  }
  if (claim === GROUPS) return { kind: 'groups', names: values, not };
  if (claim === 'email_verified' && !not && values.length === 1 && values[0] === 'true')
    return { kind: 'checked-address' };
  return { kind: 'claim', claim, values, not };
}

/** `school.example` of `@school\.example$`. */
function domainIn(expression: string): string | null {
  const [, domain] = /^@((?:[a-z0-9-]|\\\.)+)\$$/i.exec(expression) ?? [];
  return domain?.replaceAll('\\.', '.') ?? null;
}

/** Of one entry without its user; null when it says more. */
function giftsOf(
  { group, groups, domain, projects, ...more }: Local,
  filled: (text: string | undefined) => string | null,
): Gift[] | null {
  if (Object.keys(more).length > 0) return null;
  const gifts: Gift[] = [];
  if (group !== undefined) {
    if (hasPlaceholder(group)) return null;
    if (group.id !== undefined) gifts.push({ kind: 'group-id', id: group.id });
    else gifts.push({ kind: 'group', name: group.name ?? '', domain: group.domain ?? {} });
  }
  if (groups !== undefined) {
    if (filled(groups) !== GROUPS || hasPlaceholder(domain)) return null;
    gifts.push({ kind: 'same-groups', domain: domain ?? {} });
  } else if (domain !== undefined) return null;
  for (const { name, domain: own, roles } of projects ?? []) {
    if (hasPlaceholder({ name, own, roles })) return null;
    gifts.push(...roles.map((role): Gift => ({ kind: 'role', role: role.name, project: name, domain: own ?? null })));
  }
  return gifts;
}

const hasPlaceholder = (value: unknown) => /\{\d+\}/.test(JSON.stringify(value ?? null));

/** The rule that says so. Pure. */
export function ruleOf({ conditions, account, gifts }: Meaning): Rule {
  const same = gifts.some(({ kind }) => kind === 'same-groups');
  const claims = [...new Set([account?.id, account?.name, account?.email, same && GROUPS])].filter(isText);
  const place = (claim: string) => `{${claims.indexOf(claim)}}`;
  const user =
    account &&
    Object.fromEntries(
      Object.entries(account).flatMap(([key, claim]: [string, string | null]) =>
        claim === null ? [] : [[key, place(claim)]],
      ),
    );
  const local: Local[] = [
    ...(user && Object.keys(user).length > 0 ? [{ user }] : []),
    ...gifts.map((gift) => localOf(gift, place(GROUPS))),
  ];
  const remote = [...claims.map((claim): Remote => ({ type: `OIDC-${claim}` })), ...conditions.map(remoteOf)];
  return {
    // Neither may be empty: everybody has a `sub`, and who is let in is somebody.
    remote: remote.length === 0 ? [{ type: 'OIDC-sub' }] : remote,
    local: local.length === 0 ? [{ user: {} }] : local,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';

function remoteOf(condition: Condition): Remote {
  switch (condition.kind) {
    case 'groups':
      return { type: `OIDC-${GROUPS}`, [condition.not ? 'not_any_of' : 'any_one_of']: condition.names };
    case 'addresses':
      return {
        type: 'OIDC-email',
        regex: true,
        any_one_of: condition.domains.map((domain) => `@${domain.replaceAll('.', '\\.')}$`),
      };
    case 'checked-address':
      return { type: 'OIDC-email_verified', any_one_of: ['true'] };
    case 'claim':
      return { type: `OIDC-${condition.claim}`, [condition.not ? 'not_any_of' : 'any_one_of']: condition.values };
  }
}

function localOf(gift: Gift, groups: string): Local {
  switch (gift.kind) {
    case 'role': {
      const { project, role, domain } = gift;
      return { projects: [{ name: project, ...(domain !== null && { domain }), roles: [{ name: role }] }] };
    }
    case 'group':
      return { group: { name: gift.name, domain: gift.domain } };
    case 'group-id':
      return { group: { id: gift.id } };
    case 'same-groups':
      return { groups, domain: gift.domain };
  }
}
