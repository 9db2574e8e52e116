import { newHexId } from '../../core/ids.ts';
import { created, route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { requireNoLimits, requireResource, requireUnregistered } from '../store/limits.ts';
import {
  RegisteredLimitsCreate,
  RegisteredLimitUpdate,
  renderRegisteredLimit,
  type RegisteredLimitRow,
} from '../wire/limits.ts';
import { readRoutes, removeRoute, updateRoute, type Resource } from './resource.ts';

/* What every project may have of a resource of a service (https://docs.openstack.org/api-ref/identity/v3/#unified-limits). */

const registeredLimits: Resource<RegisteredLimitRow> = {
  table: 'registered_limits',
  plural: 'registered_limits',
  singular: 'registered_limit',
  path: '/registered_limits',
  filters: { service_id: 'text', region_id: 'text', resource_name: 'text' },
  order: ['service_id', 'resource_name', 'id'],
  // Everybody may know them: they are what a project gets.
  view: () => {},
  render: renderRegisteredLimit,
};

const create = route({
  operation: 'registered-limits:create',
  method: 'POST',
  path: '/registered_limits',
  body: RegisteredLimitsCreate,
  async handler(call) {
    const { app, context, body } = call;
    const rows = body.registered_limits.map((given): RegisteredLimitRow => ({
      id: newHexId(),
      service_id: given.service_id,
      region_id: given.region_id ?? null,
      resource_name: given.resource_name,
      default_limit: given.default_limit,
      description: given.description ?? null,
    }));
    await app.store.transaction(async (tx) => {
      for (const row of rows) {
        await requireResource(tx.db, row);
        await requireUnregistered(tx.db, row);
        await tx.db.insertInto('registered_limits').values(row).execute();
        await writeAudit(tx, context, 'identity:registered-limits:create', row.id, { resource: row.resource_name });
      }
    });
    return created({ registered_limits: rows.map((row) => renderRegisteredLimit(call, row)) });
  },
});

const update = updateRoute(registeredLimits, {
  update: RegisteredLimitUpdate,
  change: (old, { registered_limit: given }) => ({
    service_id: given.service_id ?? old.service_id,
    region_id: given.region_id === undefined ? old.region_id : given.region_id,
    resource_name: given.resource_name ?? old.resource_name,
    default_limit: given.default_limit ?? old.default_limit,
    description: given.description === undefined ? old.description : given.description,
  }),
  async check(tx, row, old) {
    await requireResource(tx.db, row);
    await requireUnregistered(tx.db, row);
    const renamed =
      row.service_id !== old?.service_id || row.region_id !== old.region_id || row.resource_name !== old.resource_name;
    if (renamed) await requireNoLimits(tx.db, row.id);
  },
});

export const registeredLimitRoutes = [
  ...readRoutes(registeredLimits),
  create,
  update,
  removeRoute(registeredLimits, { beforeDelete: (tx, row) => requireNoLimits(tx.db, row.id) }),
];
