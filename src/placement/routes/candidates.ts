import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { route, type Route } from '../../http/route.ts';
import { values } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { readLandscape } from '../candidates/known.ts';
import type { Landscape } from '../candidates/landscape.ts';
import { parseGroups, parseTraits, type Group, type Query } from '../candidates/parse.ts';
import { candidates, type Candidate, type Request } from '../candidates/solve.ts';
import { answer, checkAccept, queryOf, since } from '../http.ts';
import { checkClasses, unknownTraits } from '../store/names.ts';

const Texts = Type.Union([Type.String(), Type.Array(Type.String())]);
const Limit = Type.Union([
  Type.String({ pattern: '^[1-9][0-9]*$' }),
  Type.Array(Type.String({ pattern: '^[1-9][0-9]*$' })),
]);

const Policy = Type.Enum(['none', 'isolate']);

/** Which parameters a version knows. */
function querySchema(minor: number) {
  const from = (first: number, member: object) => (minor >= first ? member : {});
  const suffix = minor >= 33 ? '([a-zA-Z0-9_-]{1,64})?' : '([1-9][0-9]*)?';
  const groups = ['resources', 'required', 'member_of', ...(minor >= 31 ? ['in_tree'] : [])];
  return Type.Unsafe<Query>({
    type: 'object',
    properties: {
      ...(minor < 25 && { resources: Texts, ...from(17, { required: Texts }), ...from(21, { member_of: Texts }) }),
      ...from(16, { limit: Limit }),
      ...from(25, { group_policy: Type.Union([Policy, Type.Array(Policy)]) }),
      ...from(35, { root_required: Texts }),
      ...from(36, { same_subtree: Texts }),
    },
    ...(minor < 25 && { required: ['resources'] }),
    ...(minor >= 25 && {
      patternProperties: Object.fromEntries(groups.map((name) => [`^${name}${suffix}$`, Texts])),
    }),
    additionalProperties: false,
  });
}

const FORMS = [36, 35, 33, 31, 25, 21, 17, 16, 10] as const;
const queries = FORMS.map((minor) => ({ since: `1.${minor}` as const, check: queryOf(querySchema(minor)) }));

/** What a query asks for. Throws ApiError 400. */
function requestOf(query: Query, version: Version): Request {
  const once = (name: string) => {
    const all = values(query[name]);
    if (all.length > 1) {
      throw badRequest(`Query parameter '${name}' may be specified only once.`, 'query.duplicate_key');
    }
    return all[0];
  };
  const rootText = once('root_required');
  const subtrees = values(query.same_subtree).map((value) => value.split(','));
  for (const [index, suffixes] of subtrees.entries()) {
    if (suffixes.some((one) => one.trim() === '')) {
      const text = values(query.same_subtree)[index] ?? '';
      throw badRequest(
        `Empty string (unsuffixed group) can not be specified in \`same_subtree\`. Got: ${text}`,
        'query.bad_value',
      );
    }
  }
  const trimmed = subtrees.map((suffixes) => suffixes.map((one) => one.trim()));
  const groups = parseGroups(query, version, trimmed);
  const policy = values(query.group_policy)[0];
  if (policy === undefined && groups.filter((group) => group.suffix !== '').length > 1) {
    throw badRequest(
      'The "group_policy" parameter is required when specifying more than one "resources{N}" parameter.',
    );
  }
  const limit = values(query.limit)[0];
  return {
    groups,
    policy: policy === 'isolate' ? 'isolate' : 'none',
    limit: limit === undefined ? null : Number(limit),
    root: rootText === undefined ? null : rootTraits(rootText),
    subtrees: trimmed,
    nested: atLeast(version, '1.29'),
  };
}

/** The any-of form is not for the root. */
function rootTraits(text: string) {
  const traits = parseTraits({ root_required: text }, 'root_required', { major: 1, minor: 35 });
  const conflicts = traits.required.flat().filter((name) => traits.forbidden.includes(name));
  if (conflicts.length === 0) return traits;
  throw badRequest(
    `Conflicting required and forbidden traits found in root_required: ${conflicts.toSorted().join(', ')}`,
    'query.bad_value',
  );
}

async function checkNames(db: Reader, { groups, root }: Request): Promise<void> {
  await checkClasses(
    db,
    groups.flatMap((group) => Object.keys(group.resources)),
    (name) => `Invalid resource class in resources parameter: No such resource class ${name}.`,
  );
  const traits = [...groups.map((group) => group.traits), ...(root ? [root] : [])];
  const unknown = await unknownTraits(db, [
    ...traits.flatMap((one) => one.required.flat()),
    ...traits.flatMap((one) => one.forbidden),
  ]);
  if (unknown.length > 0) throw badRequest(`No such trait(s): ${unknown.toSorted().join(', ')}.`);
}

const list = route({
  operation: 'allocation-candidates:list',
  method: 'GET',
  path: '/allocation_candidates',
  async handler(call) {
    const { app, version } = call;
    since(version, '1.10');
    checkAccept(call);
    queries.find((one) => atLeast(version, one.since))?.check(call.query);
    const request = requestOf(call.query as Query, version);
    await checkNames(app.store.read, request);
    const landscape = await readLandscape(app.store);
    const found = candidates(landscape, request);
    return answer(call, 200, {
      allocation_requests: found.map((one) => requestView(one, version)),
      provider_summaries: summaries(landscape, found, request.groups, version),
    });
  },
});

function requestView({ allocations, mappings }: Candidate, version: Version): object {
  const entries = Object.entries(allocations);
  if (!atLeast(version, '1.12')) {
    return { allocations: entries.map(([uuid, resources]) => ({ resource_provider: { uuid }, resources })) };
  }
  return {
    allocations: Object.fromEntries(entries.map(([uuid, resources]) => [uuid, { resources }])),
    ...(atLeast(version, '1.34') && { mappings }),
  };
}

/** What there is to know of the providers of the answer, since 1.29 of all in their trees. */
function summaries(
  landscape: Landscape,
  found: readonly Candidate[],
  groups: readonly Group[],
  version: Version,
): Record<string, object> {
  const requested = new Set(groups.flatMap((group) => Object.keys(group.resources)));
  const used = new Set(
    found.flatMap((one) => [...Object.keys(one.allocations), ...Object.values(one.mappings).flat()]),
  );
  const [all, nested, withTraits] = [atLeast(version, '1.27'), atLeast(version, '1.29'), atLeast(version, '1.17')];
  const roots = new Set([...used].map((uuid) => landscape.nodes.get(uuid)?.root));
  const shown = [...landscape.nodes.values()].filter((node) => (nested ? roots.has(node.root) : used.has(node.uuid)));
  return Object.fromEntries(
    shown.map((node) => [
      node.uuid,
      {
        resources: Object.fromEntries(
          [...node.inventories.values()]
            .filter((one) => all || requested.has(one.resource_class))
            .map((one) => [one.resource_class, { capacity: one.capacity, used: one.used }]),
        ),
        ...(withTraits && { traits: inOrder(node.traits) }),
        ...(nested && { parent_provider_uuid: node.parent, root_provider_uuid: node.root }),
      },
    ]),
  );
}

/** The standard ones first. Kept with the set, which does not change. */
function inOrder(traits: ReadonlySet<string>): readonly string[] {
  const known = ordered.get(traits);
  if (known) return known;
  const custom = (name: string) => Number(name.startsWith('CUSTOM_'));
  const names = [...traits].toSorted((a, b) => custom(a) - custom(b) || (a < b ? -1 : 1));
  ordered.set(traits, names);
  return names;
}
const ordered = new WeakMap<ReadonlySet<string>, readonly string[]>();

export const candidateRoutes: readonly Route[] = [list];
