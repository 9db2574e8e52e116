import { Type, type Static, type TProperties } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { bodyOf } from '../http.ts';
import type { Wish } from '../store/allocations.ts';

const UUID = /^[0-9a-fA-F-]{36}$/;
const Id = Type.String({ minLength: 1, maxLength: 255 });
const Amounts = Type.Unsafe<Record<string, number>>({
  type: 'object',
  minProperties: 1,
  patternProperties: { '^[A-Z0-9_]+$': { type: 'integer', minimum: 1 } },
  additionalProperties: false,
});
const byProvider = (least: number) =>
  Type.Unsafe<Record<string, { resources: Record<string, number>; generation?: number }>>({
    type: 'object',
    minProperties: least,
    patternProperties: { [UUID.source]: Strict({ resources: Amounts, generation: Type.Optional(Type.Integer()) }) },
    additionalProperties: false,
  });
const Mappings = Type.Optional(
  Type.Unsafe<object>({
    type: 'object',
    minProperties: 1,
    patternProperties: {
      '^[a-zA-Z0-9_-]{0,64}$': { type: 'array', minItems: 1, items: { type: 'string', format: 'uuid' } },
    },
  }),
);

/** What came with which version, from 1.12 on. */
const OWNED = { project_id: Id, user_id: Id };
const MEMBERS: [`1.${number}`, TProperties][] = [
  ['1.28', { consumer_generation: Nullable(Type.Integer()) }],
  ['1.34', { mappings: Mappings }],
  ['1.38', { consumer_type: Type.String({ pattern: '^[A-Z0-9_]+$', minLength: 1, maxLength: 255 }) }],
];

interface Body {
  allocations: Record<string, { resources: Record<string, number> }>;
  project_id: string;
  user_id: string;
  consumer_generation?: number | null;
  consumer_type?: string;
}

const schemaFor = (version: Version, least: number) =>
  Strict({
    allocations: byProvider(least),
    ...OWNED,
    ...Object.assign({}, ...MEMBERS.filter(([since]) => atLeast(version, since)).map(([, members]) => members)),
  });

const at = (minor: number): Version => ({ major: 1, minor });
/** The versions at which the form of a body changed. */
const FORMS = [38, 34, 28, 12] as const;
const formOf = (version: Version) => FORMS.find((minor) => atLeast(version, `1.${minor}`)) ?? 12;

const listItem = Strict({ resource_provider: Strict({ uuid: Type.String({ format: 'uuid' }) }), resources: Amounts });
const listForm = { allocations: Type.Array(listItem, { minItems: 1 }) };
const put0 = bodyOf(Strict(listForm));
const put8 = bodyOf(Strict({ ...listForm, ...OWNED }));
const puts = new Map(FORMS.map((minor) => [minor, bodyOf(schemaFor(at(minor), minor < 28 ? 1 : 0))]));

/** Schema of allocations by consumer; `least` of them. */
export const manyFor = (version: Version, least: number) =>
  Type.Unsafe<Record<string, Body>>({
    type: 'object',
    minProperties: least,
    patternProperties: { [UUID.source]: schemaFor(version, 0) },
    additionalProperties: false,
  });
const posts = new Map(FORMS.map((minor) => [minor, bodyOf(manyFor(at(minor), 1))]));

/** Whose allocations are of before 1.8, when nobody had to say. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What a PUT for one consumer asks for. Throws ApiError 400. */
export function wishOf(call: Call, consumer: string): Wish {
  const { version } = call;
  if (!atLeast(version, '1.12')) {
    const body: Static<ReturnType<typeof Strict<typeof listForm>>> &
      Partial<Static<ReturnType<typeof Strict<typeof OWNED>>>> = atLeast(version, '1.8') ? put8(call) : put0(call);
    const resources: Wish['resources'] = {};
    for (const one of body.allocations) {
      resources[one.resource_provider.uuid] = { ...resources[one.resource_provider.uuid], ...one.resources };
    }
    const [projectId, userId] = [body.project_id ?? NOBODY, body.user_id ?? NOBODY];
    return { consumer, projectId, userId, type: undefined, generation: undefined, resources };
  }
  const body = puts.get(formOf(version))?.(call) as Body | undefined;
  if (!body) throw badRequest('JSON does not validate.');
  return fromBody(consumer, body);
}

/** What a POST for several consumers asks for. Throws ApiError 400. */
export function wishesOf(call: Call): Wish[] {
  const body = posts.get(formOf(call.version))?.(call) ?? {};
  return wishesFrom(body);
}

export const wishesFrom = (body: Record<string, Body>): Wish[] =>
  Object.entries(body).map(([consumer, one]) => fromBody(consumer, one));

const fromBody = (consumer: string, body: Body): Wish => ({
  consumer,
  projectId: body.project_id,
  userId: body.user_id,
  type: body.consumer_type,
  generation: body.consumer_generation,
  resources: Object.fromEntries(Object.entries(body.allocations).map(([uuid, { resources }]) => [uuid, resources])),
});
