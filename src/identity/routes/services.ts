import { newHexId } from '../../core/ids.ts';
import { bit, toJson } from '../../store/json.ts';
import {
  renderService,
  SERVICE_MEMBERS,
  ServiceCreate,
  ServiceUpdate,
  type CatalogServiceRow,
} from '../wire/catalog.ts';
import { extraOf, mergedExtra } from '../wire/common.ts';
import { changeRoutes, readRoutes, type Resource } from './resource.ts';

export const catalogServices: Resource<CatalogServiceRow> = {
  table: 'catalog_services',
  plural: 'services',
  singular: 'service',
  path: '/services',
  filters: { name: 'text', type: 'text', enabled: 'bool' },
  order: ['type', 'id'],
  render: renderService,
};

export const serviceRoutes = [
  ...readRoutes(catalogServices),
  // A service's endpoints are deleted with it.
  ...changeRoutes(catalogServices, {
    create: ServiceCreate,
    make: ({ service }) => ({
      id: newHexId(),
      type: service.type,
      name: service.name ?? null,
      description: service.description ?? null,
      enabled: bit(service.enabled ?? true),
      extra: toJson(extraOf(service, SERVICE_MEMBERS)),
      managed: bit(false),
    }),
    update: ServiceUpdate,
    change: (old, { service }) => ({
      type: service.type ?? old.type,
      name: service.name === undefined ? old.name : service.name,
      description: service.description === undefined ? old.description : service.description,
      enabled: service.enabled === undefined ? old.enabled : bit(service.enabled),
      extra: toJson(mergedExtra(old.extra, extraOf(service, SERVICE_MEMBERS))),
    }),
  }),
];
