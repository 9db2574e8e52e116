import { badRequest } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { values } from '../../http/schemas.ts';

export type Query = Record<string, string | string[] | undefined>;

/** Traits that must be there (one of each list) and that must not. */
export interface Traits {
  required: readonly (readonly string[])[];
  forbidden: readonly string[];
}

/** The same for aggregates. */
export interface Aggregates {
  required: readonly (readonly string[])[];
  forbidden: readonly string[];
}

/** What must come from one provider (with a suffix), or from one tree (without). */
export interface Group {
  suffix: string;
  resources: Record<string, number>;
  traits: Traits;
  aggregates: Aggregates;
  /** A provider in whose tree it must be. */
  inTree: string | null;
}

const last = (query: Query, key: string) => values(query[key]).at(-1);

/** `VCPU:2,MEMORY_MB:1024`. Throws ApiError 400. */
export function parseResources(text: string): Record<string, number> {
  const form =
    'Badly formed resources parameter. Expected resources query string parameter in form: ?resources=VCPU:2,MEMORY_MB:1024.';
  if (text.trim() === '') throw badRequest(`${form} Got: empty string.`);
  const found: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [name = '', amount = '', ...more] = part.split(':');
    if (amount === '' && !part.includes(':')) throw badRequest(`${form} Got: ${part}.`);
    if (more.length > 0) throw badRequest(`${form} Got: ${part}.`);
    if (!/^[+-]?\d+$/.test(amount.trim())) {
      throw badRequest(`Requested resource ${name} expected positive integer amount. Got: ${amount}.`);
    }
    if (Number(amount) < 1)
      throw badRequest(`Requested resource ${name} requires amount >= 1. Got: ${Number(amount)}.`);
    found[name] = Number(amount);
  }
  return found;
}

/** `T1,!T2` and, since 1.39, several, also `in:T3,T4`. Throws ApiError 400. */
export function parseTraits(query: Query, key: string, version: Version): Traits {
  const anyOf = atLeast(version, '1.39');
  const forbids = atLeast(version, '1.22');
  const all = values(query[key]);
  const required: string[][] = [];
  const forbidden: string[] = [];
  const wrong = (text: string) => badRequest(`Invalid query string parameters: ${text}`);
  for (const value of anyOf ? all : all.slice(-1)) {
    const many = value.startsWith('in:');
    if (many && !anyOf) {
      throw wrong(`The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' only supported since microversion 1.39. Got: ${value}`);
    }
    const names = (many ? value.slice(3) : value).split(',').map((name) => name.trim());
    const form = many
      ? 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC'
      : forbids
        ? 'HW_CPU_X86_VMX,!CUSTOM_MAGIC'
        : 'HW_CPU_X86_VMX,CUSTOM_MAGIC';
    if (names.some((name) => name.replace(/^!+/, '') === '')) {
      throw wrong(`Expected 'required' parameter value of the form: ${form}. Got an empty trait in: ${value}`);
    }
    const not = names.filter((name) => name.startsWith('!'));
    if (many && not.length > 0) {
      throw wrong(`The format 'in:HW_CPU_X86_VMX,CUSTOM_MAGIC' does not support forbidden traits. Got: ${value}`);
    }
    if (not.length > 0 && !forbids) {
      throw wrong(`Expected 'required' parameter value of the form: ${form}. Got: ${value}`);
    }
    forbidden.push(...not.map((name) => name.replace(/^!+/, '')));
    const positive = names.filter((name) => !name.startsWith('!'));
    required.push(...(many ? [positive] : positive.map((name) => [name])));
  }
  return { required, forbidden };
}

/** `uuid`, `in:a,b`, and since 1.32 `!uuid` and `!in:a,b`; several since 1.24. Throws ApiError 400. */
export function parseMemberOf(query: Query, key: string, version: Version): Aggregates {
  const all = values(query[key]);
  if (all.length > 1 && !atLeast(version, '1.24')) throw badRequest(`Multiple ${key} parameters are not supported`);
  const required: string[][] = [];
  const forbidden: string[] = [];
  for (const value of all) {
    if (value.includes(',') && !/^!?in:/.test(value)) {
      throw badRequest(
        `Multiple values for 'member_of' must be prefixed with the 'in:' or '!in:' keyword using the valid microversion. Got: ${value}`,
      );
    }
    const not = value.startsWith('!');
    const uuids = value.replace(/^!/, '').replace(/^in:/, '').split(',');
    const wrong = uuids.find((uuid) => !isUuid(uuid));
    if (wrong !== undefined) {
      throw badRequest(
        `Invalid query string parameters: Expected 'member_of' parameter to contain valid UUID(s). Got: ${wrong}`,
      );
    }
    if (not && !atLeast(version, '1.32')) {
      throw badRequest(`Forbidden ${key} parameters are not supported in the specified microversion`);
    }
    if (not) forbidden.push(...uuids);
    else required.push(uuids);
  }
  return { required, forbidden };
}

/** A provider's id. Throws ApiError 400. */
export function parseInTree(query: Query, key: string): string | null {
  const value = last(query, key);
  if (value === undefined) return null;
  if (!isUuid(value)) {
    throw badRequest(
      `Invalid query string parameters: Expected 'in_tree' parameter to be a format of uuid. Got: ${value}`,
    );
  }
  return value.toLowerCase();
}

const KEY_1_25 = /^(resources|required|member_of|in_tree)([1-9][0-9]*)?$/;
const KEY_1_33 = /^(resources|required|member_of|in_tree)([a-zA-Z0-9_-]{1,64})?$/;

/** The groups of a request for candidates, by their suffixes. Throws ApiError 400. */
export function parseGroups(query: Query, version: Version, subtrees: readonly (readonly string[])[]): Group[] {
  const pattern = atLeast(version, '1.33') ? KEY_1_33 : KEY_1_25;
  const suffixes = new Set<string>();
  for (const key of Object.keys(query)) {
    const match = pattern.exec(key);
    if (match) suffixes.add(match[2] ?? '');
  }
  const groups = [...suffixes].map((suffix): Group => {
    const resources = last(query, `resources${suffix}`);
    return {
      suffix,
      resources: resources === undefined ? {} : parseResources(resources),
      traits: parseTraits(query, `required${suffix}`, version),
      aggregates: parseMemberOf(query, `member_of${suffix}`, version),
      inTree: parseInTree(query, `in_tree${suffix}`),
    };
  });
  if (atLeast(version, '1.36')) checkSubtrees(groups, subtrees);
  else checkOrphans(groups);
  if (atLeast(version, '1.22')) checkConflicts(groups);
  return groups;
}

const hasResources = (group: Group) => Object.keys(group.resources).length > 0;

/** Since 1.36 a group may ask for no resources if it says where it stands in a tree. */
function checkSubtrees(groups: readonly Group[], subtrees: readonly (readonly string[])[]): void {
  if (!groups.some(hasResources)) {
    throw badRequest('There must be at least one resources or resources[$S] parameter.', 'query.missing_value');
  }
  const named = new Set(subtrees.flat());
  const list = (names: readonly string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
  const bare = groups.filter((group) => !hasResources(group) && !named.has(group.suffix)).map((group) => group.suffix);
  if (bare.length > 0) {
    throw badRequest(
      `Resourceless suffixed group request should be specified in \`same_subtree\` query param: bad group(s) - ${list(bare)}.`,
      'query.bad_value',
    );
  }
  const known = groups.map((group) => group.suffix);
  const unknown = [...named].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw badRequest(
      `Real suffixes should be specified in \`same_subtree\`: ${list(unknown)} not found in ${list(known)}.`,
      'query.bad_value',
    );
  }
}

function checkOrphans(groups: readonly Group[]): void {
  const bare = groups.filter((group) => !hasResources(group));
  const keys = (name: string, some: readonly Group[]) => some.map((group) => name + group.suffix).join(', ');
  const traits = bare.filter((group) => group.traits.required.length > 0);
  if (traits.length > 0) {
    throw badRequest(
      `All traits parameters must be associated with resources.  Found the following orphaned traits keys: ${keys('required', traits)}`,
    );
  }
  const members = bare.filter((group) => group.aggregates.required.length + group.aggregates.forbidden.length > 0);
  if (members.length > 0) {
    throw badRequest(
      `All member_of parameters must be associated with resources. Found the following orphaned member_of keys: ${keys('member_of', members)}`,
    );
  }
  if (bare.length > 0) throw badRequest('All request groups must specify resources.');
  if (groups.length === 0) {
    throw badRequest('At least one request group (`resources` or `resources{$S}`) is required.');
  }
}

function checkConflicts(groups: readonly Group[]): void {
  const found = groups.flatMap(({ suffix, traits }) =>
    traits.required
      .filter((names) => names.every((name) => traits.forbidden.includes(name)))
      .map((names) => `required${suffix}: (${names.toSorted().join(', ')})`),
  );
  if (found.length === 0) return;
  throw badRequest(
    `Conflicting required and forbidden traits found in the following traits keys: ${found.toSorted().join(', ')}`,
  );
}
