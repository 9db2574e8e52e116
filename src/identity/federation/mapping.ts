import { unauthorized } from '../../core/errors.ts';
import type { Rule } from '../wire/mappings.ts';

/*
 * What the word of an identity provider is worth here, by Keystone's rules
 * (https://docs.openstack.org/keystone/latest/admin/federation/mapping_combinations.html). Pure.
 */

/** What a provider says of somebody: each claim with all its values. */
export type Assertion = Readonly<Record<string, readonly string[]>>;

export interface DomainName {
  id?: string | undefined;
  name?: string | undefined;
}

export interface MappedUser {
  /** `local` is an account that is here already; `ephemeral` one that is made and kept for the provider. */
  type: 'ephemeral' | 'local';
  id?: string | undefined;
  name?: string | undefined;
  email?: string | undefined;
  domain?: DomainName | undefined;
}

export type MappedGroup = { id: string } | { name: string; domain: DomainName };

export interface MappedProject {
  name: string;
  domain?: DomainName | undefined;
  roles: readonly string[];
}

export interface Mapped {
  /** Null when no rule that applied names one. */
  user: MappedUser | null;
  groups: readonly MappedGroup[];
  projects: readonly MappedProject[];
}

/** The values that `{0}`, `{1}` … stand for. */
type Values = readonly (readonly string[])[];
type Requirement = Rule['remote'][number];

/** Longer values are not looked at: the rules' expressions are the operator's, the values are anybody's. */
const LONGEST_VALUE = 1000;

/**
 * All that the rules which apply say together; null when none does. Throws ApiError 401 where a name would have several
 * values.
 */
export function applyMapping(rules: readonly Rule[], assertion: Assertion): Mapped | null {
  const applied = rules.flatMap((rule) => {
    const values = match(rule.remote, assertion);
    return values === null ? [] : [{ rule, values }];
  });
  if (applied.length === 0) return null;
  const users: MappedUser[] = [];
  const groups: MappedGroup[] = [];
  const projects: MappedProject[] = [];
  for (const { rule, values } of applied) {
    for (const local of rule.local) {
      const fill = (text: string) => substitute(text, values);
      const fillAll = <T extends object>(given: T): T =>
        Object.fromEntries(Object.entries(given).map(([key, text]) => [key, fill(text as string)])) as T;
      if (local.user) {
        const { type, domain, ...names } = local.user;
        users.push({ ...fillAll(names), type: type ?? 'ephemeral', ...(domain && { domain: fillAll(domain) }) });
      }
      const { group, domain } = local;
      if (group) {
        groups.push(
          group.id === undefined
            ? { name: fill(group.name ?? ''), domain: fillAll(group.domain ?? {}) }
            : { id: fill(group.id) },
        );
      }
      for (const name of listed(local.groups, values)) groups.push({ name, domain: fillAll(domain ?? {}) });
      for (const id of listed(local.group_ids, values)) groups.push({ id });
      for (const project of local.projects ?? []) {
        const { name, roles, domain: own } = project;
        projects.push({
          name: fill(name),
          roles: roles.map((role) => fill(role.name)),
          ...(own && { domain: fillAll(own) }),
        });
      }
    }
  }
  return { user: users[0] ?? null, groups, projects };
}

/** What a rule's placeholders stand for; null when it does not apply. */
function match(requirements: readonly Requirement[], assertion: Assertion): Values | null {
  const values: string[][] = [];
  for (const requirement of requirements) {
    const given = (assertion[requirement.type] ?? []).filter((value) => value.length <= LONGEST_VALUE);
    if (given.length === 0) return null;
    const fits = (wanted: readonly string[]) => (value: string) =>
      requirement.regex === true ? wanted.some((one) => new RegExp(one).test(value)) : wanted.includes(value);
    const { any_one_of, not_any_of, whitelist, blacklist } = requirement;
    if (any_one_of) {
      if (!given.some(fits(any_one_of))) return null;
    } else if (not_any_of) {
      if (given.some(fits(not_any_of))) return null;
    } else if (blacklist) {
      const refused = fits(blacklist);
      values.push(given.filter((value) => !refused(value)));
    } else values.push(whitelist ? given.filter(fits(whitelist)) : given);
  }
  return values;
}

/** A text with its placeholders filled in. Throws ApiError 401 for one that has not exactly one value. */
function substitute(text: string, values: Values): string {
  return text.replaceAll(/\{(\d+)\}/g, (_, index: string) => {
    const [value, ...more] = values[Number(index)] ?? [];
    if (value === undefined || more.length > 0) {
      throw unauthorized(
        `The mapping takes '${text}' from a claim that has ${value === undefined ? 'no' : 'several'} values.`,
      );
    }
    return value;
  });
}

/** `{0}` for all the values there are, or names by semicolons. */
function listed(text: string | undefined, values: Values): readonly string[] {
  if (text === undefined) return [];
  const [, index] = /^\{(\d+)\}$/.exec(text) ?? [];
  if (index !== undefined) return values[Number(index)] ?? [];
  return substitute(text, values)
    .split(';')
    .filter((name) => name !== '');
}
