import { Type, type Static } from 'typebox';
import type { Selectable } from 'kysely';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import type { LimitsTable, RegisteredLimitsTable } from '../tables/limits.ts';
import { Description, NameOf, urlOf } from './common.ts';

export type RegisteredLimitRow = Selectable<RegisteredLimitsTable>;
/** A limit with what its registered limit says. */
export type LimitRow = Selectable<LimitsTable> &
  Pick<RegisteredLimitRow, 'service_id' | 'region_id' | 'resource_name' | 'default_limit'> & {
    /** The domain of its project; null for a domain's own. */
    project_domain_id: string | null;
  };

/** -1 for no limit. */
const Value = Type.Integer({ minimum: -1, maximum: 0x7fff_ffff });
const resource = {
  service_id: Type.String({ minLength: 1 }),
  region_id: Type.Optional(Nullable(Type.String())),
  resource_name: NameOf(255),
};
const description = { description: Type.Optional(Description) };

export const RegisteredLimitsCreate = Strict({
  registered_limits: Type.Array(Strict({ ...resource, default_limit: Value, ...description }), { minItems: 1 }),
});
export const RegisteredLimitUpdate = Strict({
  registered_limit: Strict({
    service_id: Type.Optional(resource.service_id),
    region_id: resource.region_id,
    resource_name: Type.Optional(resource.resource_name),
    default_limit: Type.Optional(Value),
    ...description,
  }),
});
export const LimitsCreate = Strict({
  limits: Type.Array(
    Strict({
      ...resource,
      resource_limit: Value,
      project_id: Type.Optional(Nullable(Type.String())),
      domain_id: Type.Optional(Nullable(Type.String())),
      ...description,
    }),
    { minItems: 1 },
  ),
});
export type GivenLimit = Static<typeof LimitsCreate>['limits'][number];
export const LimitUpdate = Strict({ limit: Strict({ resource_limit: Type.Optional(Value), ...description }) });

export const renderRegisteredLimit = (call: Pick<Call, 'app'>, row: RegisteredLimitRow) => ({
  ...row,
  links: { self: urlOf(call, `/registered_limits/${row.id}`) },
});

export const renderLimit = (call: Pick<Call, 'app'>, row: LimitRow) => ({
  id: row.id,
  service_id: row.service_id,
  region_id: row.region_id,
  resource_name: row.resource_name,
  resource_limit: row.resource_limit,
  project_id: row.project_id,
  domain_id: row.domain_id,
  description: row.description,
  links: { self: urlOf(call, `/limits/${row.id}`) },
});
