import { Type } from 'typebox';
import type { Selectable } from 'kysely';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';
import type { CatalogEndpointsTable, CatalogServicesTable, RegionsTable } from '../tables.ts';
import { Description, NameOf, Open, OpenPatch, urlOf } from './common.ts';

export type RegionRow = Selectable<RegionsTable>;
export type CatalogServiceRow = Selectable<CatalogServicesTable>;
export type EndpointRow = Selectable<CatalogEndpointsTable>;

const RegionId = Type.String({ maxLength: 255 });
const region = {
  description: Type.Optional(Description),
  parent_region_id: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 255 }))),
};
export const RegionCreate = Strict({ region: Open({ ...region, id: Type.Optional(RegionId) }) });
export const RegionPut = Strict({ region: Open({ ...region, id: Type.Optional(RegionId) }) });
export const RegionUpdate = Strict({ region: Open(region) });
export const REGION_MEMBERS = Object.keys(region);

const service = {
  name: Type.Optional(Nullable(NameOf(255))),
  description: Type.Optional(Description),
  enabled: Type.Optional(Type.Boolean()),
};
const ServiceType = Type.String({ minLength: 1, maxLength: 255 });
export const ServiceCreate = Strict({ service: Open({ ...service, type: ServiceType }) });
export const ServiceUpdate = Strict({ service: OpenPatch({ ...service, type: Type.Optional(ServiceType) }) });
export const SERVICE_MEMBERS = ['type', ...Object.keys(service)];

const endpoint = {
  enabled: Type.Optional(Type.Boolean()),
  region_id: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  /** The older name of `region_id`; Keystone makes such a region when there is none. */
  region: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  name: Type.Optional(Type.String()),
  description: Type.Optional(Description),
};
const EndpointInterface = Type.Union([Type.Literal('public'), Type.Literal('internal'), Type.Literal('admin')]);
const EndpointUrl = Type.String({ minLength: 1, maxLength: 225, pattern: '^[A-Za-z][A-Za-z0-9+.-]*:' });
export const EndpointCreate = Strict({
  endpoint: Open({ ...endpoint, service_id: Type.String(), interface: EndpointInterface, url: EndpointUrl }),
});
export const EndpointUpdate = Strict({
  endpoint: OpenPatch({
    ...endpoint,
    service_id: Type.Optional(Type.String()),
    interface: Type.Optional(EndpointInterface),
    url: Type.Optional(EndpointUrl),
  }),
});
/** Name and description are kept among the members without a column. */
export const ENDPOINT_MEMBERS = ['service_id', 'interface', 'url', 'enabled', 'region_id', 'region'];

export const renderRegion = (call: Pick<Call, 'app'>, row: RegionRow) => ({
  ...fromJson<object>(row.extra),
  id: row.id,
  description: row.description,
  parent_region_id: row.parent_region_id,
  links: { self: urlOf(call, `/regions/${encodeURIComponent(row.id)}`) },
});

export const renderService = (call: Pick<Call, 'app'>, row: CatalogServiceRow) => ({
  ...fromJson<object>(row.extra),
  id: row.id,
  type: row.type,
  name: row.name ?? '',
  ...(row.description !== null && { description: row.description }),
  enabled: row.enabled === 1,
  links: { self: urlOf(call, `/services/${row.id}`) },
});

export const renderEndpoint = (call: Pick<Call, 'app'>, row: EndpointRow) => ({
  ...fromJson<object>(row.extra),
  id: row.id,
  service_id: row.service_id,
  interface: row.interface,
  url: row.url,
  region: row.region_id,
  region_id: row.region_id,
  enabled: row.enabled === 1,
  links: { self: urlOf(call, `/endpoints/${row.id}`) },
});
