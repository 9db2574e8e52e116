import {
  conditionsOf,
  type Account,
  type Condition,
  type Gift,
  type Meaning,
  type Rule,
  type Who,
} from '../../../../../src/sign-in/index.ts';

/** What a person chooses in the form of a rule: one condition, and one thing that follows. */
export interface RuleValues {
  who: 'everybody' | 'groups' | 'addresses' | 'claim';
  /** Names of groups, domains of addresses or values of a claim, by commas or lines. */
  names: string;
  /** When `who` is claim. */
  claim: string;
  gets: 'sign-in' | 'role' | 'group' | 'same-groups';
  role: string;
  /** An id, or empty for one that is made at the first sign-in. */
  project: string;
  newProject: string;
  /** An id. */
  group: string;
}

export const FIRST: RuleValues = {
  ...{ who: 'groups', names: '', claim: '', gets: 'role', role: 'member', project: '', newProject: '', group: '' },
};

/** What the cloud has, by which names become what rules hold and the other way around. */
export interface Things {
  projects: readonly { id: string; name: string; domain_id: string }[];
  groups: readonly { id: string; name: string; domain_id: string }[];
  domains: readonly { id: string; name: string }[];
}

const DEFAULT = 'default';

/** Names by commas or lines. Pure. */
export const namesIn = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `school.example` of `@school.example` or `*@school.example`. Pure. */
export const domainsIn = (text: string): string[] => namesIn(text).map((one) => one.replace(/^.*@/, '').toLowerCase());

/** Whether it can be the part of an address behind the @. Pure. */
export const isDomain = (text: string): boolean => /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(text);

/** Whom the values are about. Pure. */
export function whoOf({ who, names }: Pick<RuleValues, 'who' | 'names'>): Who | null {
  if (who === 'groups') return { kind: 'groups', names: namesIn(names) };
  if (who === 'addresses') return { kind: 'addresses', domains: domainsIn(names) };
  return who === 'everybody' ? { kind: 'everybody' } : null;
}

/** What is chosen, as a rule's meaning. `account` is what accounts are made of. Pure. */
export function meaningIn(values: RuleValues, account: Account, things: Things): Meaning {
  const who = whoOf(values);
  const conditions: Condition[] =
    who === null
      ? [{ kind: 'claim', claim: values.claim.trim().replace(/^OIDC-/, ''), values: namesIn(values.names), not: false }]
      : conditionsOf(who);
  return { conditions, account, gifts: giftsIn(values, things) };
}

function giftsIn({ gets, role, project, newProject, group }: RuleValues, { projects, groups }: Things): Gift[] {
  if (gets === 'role') {
    const known = projects.find(({ id }) => id === project);
    const name = known?.name ?? newProject.trim();
    return [{ kind: 'role', role, project: name, domain: { id: known?.domain_id ?? DEFAULT } }];
  }
  if (gets === 'group') {
    const known = groups.find(({ id }) => id === group);
    return known === undefined ? [] : [{ kind: 'group', name: known.name, domain: { id: known.domain_id } }];
  }
  return gets === 'same-groups' ? [{ kind: 'same-groups', domain: { id: DEFAULT } }] : [];
}

/** A rule in the form's words; null for one that says more than the form can. Pure. */
export function valuesOf({ conditions, account, gifts }: Meaning, things: Things): RuleValues | null {
  // Without an account of its own a rule depends on others: it is left as it is.
  if (account === null || gifts.length > 1) return null;
  const who = whoIn(conditions);
  const [gift] = gifts;
  const gets = gift === undefined ? ({ gets: 'sign-in' } as const) : getsIn(gift, things);
  return who && gets && { ...FIRST, ...who, ...gets };
}

function whoIn(conditions: readonly Condition[]): Pick<RuleValues, 'who' | 'names' | 'claim'> | null {
  const [first, second, ...more] = conditions;
  if (more.length > 0) return null;
  if (first === undefined) return { who: 'everybody', names: '', claim: '' };
  if (first.kind === 'addresses' && second?.kind === 'checked-address') {
    return { who: 'addresses', names: first.domains.join(', '), claim: '' };
  }
  if (second !== undefined) return null;
  const listed = (values: readonly string[]) => !values.some((one) => /[,\n]/.test(one) || one.trim() !== one);
  if (first.kind === 'groups' && !first.not && listed(first.names)) {
    return { who: 'groups', names: first.names.join(', '), claim: '' };
  }
  if (first.kind === 'claim' && !first.not && listed(first.values)) {
    return { who: 'claim', names: first.values.join(', '), claim: first.claim };
  }
  return null;
}

function getsIn(gift: Gift, { projects, groups, domains }: Things): Partial<RuleValues> | null {
  /** Where a name is looked for: where nothing is said, it is the provider's own domain, which the form has no word for. */
  const place = (domain: { id?: string | undefined; name?: string | undefined } | null) =>
    domain?.id ?? domains.find(({ name }) => name === domain?.name)?.id ?? null;
  if (gift.kind === 'role') {
    const domain = place(gift.domain);
    const known = projects.find(({ name, domain_id }) => name === gift.project && domain_id === domain);
    if (known === undefined && domain !== DEFAULT) return null;
    return {
      gets: 'role',
      role: gift.role,
      project: known?.id ?? '',
      newProject: known === undefined ? gift.project : '',
    };
  }
  if (gift.kind === 'same-groups') return place(gift.domain) === DEFAULT ? { gets: 'same-groups' } : null;
  const known = groups.find((one) =>
    gift.kind === 'group-id' ? one.id === gift.id : one.name === gift.name && one.domain_id === place(gift.domain),
  );
  return known === undefined ? null : { gets: 'group', group: known.id };
}

/** Rules that somebody wrote as JSON, or what is wrong with them; the rest is the cloud's to say. Pure. */
export function readRules(text: string): { rules: Rule[] } | { wrong: 'json' | 'list' } {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? { rules: value as Rule[] } : { wrong: 'list' };
  } catch {
    return { wrong: 'json' };
  }
}
