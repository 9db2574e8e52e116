import { Type } from 'typebox';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { classQuota, Limit, NETWORK_LIMITS, quotaNames } from './quotas.ts';

const Params = Strict({ class_name: Type.String({ minLength: 1, maxLength: 255 }) });

/** Network limits until 2.49, groups since 2.50, files until 2.56. */
function shown(quota: Readonly<Record<string, number>>, version: Version): Record<string, number> {
  const names = [...quotaNames, ...Object.keys(NETWORK_LIMITS)].filter((name) => {
    if (name in NETWORK_LIMITS) return !atLeast(version, '2.50');
    if (name.startsWith('server_group')) return atLeast(version, '2.50');
    return !name.startsWith('injected') || !atLeast(version, '2.57');
  });
  return Object.fromEntries(names.map((name) => [name, quota[name] ?? -1]));
}

const limits = Object.fromEntries(
  [...quotaNames, ...Object.keys(NETWORK_LIMITS)].map((name) => [name, Type.Optional(Limit)]),
);

/**
 * The limits of projects that have none of their own:
 * https://docs.openstack.org/api-ref/compute/#quota-class-sets-os-quota-class-sets. Only `default` is ever used.
 */
export const quotaClassRoutes: Route[] = [
  route({
    operation: 'quota-class-sets:show',
    method: 'GET',
    path: '/os-quota-class-sets/:class_name',
    params: Params,
    async handler({ app, params, version }) {
      const quota = await classQuota(app.store.read, params.class_name);
      return ok({ quota_class_set: { id: params.class_name, ...shown(quota, version) } });
    },
  }),
  route({
    operation: 'quota-class-sets:update',
    method: 'PUT',
    path: '/os-quota-class-sets/:class_name',
    params: Params,
    body: Strict({ quota_class_set: Strict(limits) }),
    async handler({ app, context, params, body, version }) {
      const changes = Object.entries(body.quota_class_set as Record<string, number | string | undefined>).flatMap(
        ([resource, limit]) => (limit === undefined ? [] : [{ resource, hard_limit: Number(limit) }]),
      );
      const quota = await app.store.transaction(async (tx) => {
        for (const change of changes) {
          await tx.db
            .insertInto('quota_classes')
            .values({ class_name: params.class_name, ...change })
            .onConflict((clash) =>
              clash.columns(['class_name', 'resource']).doUpdateSet({ hard_limit: change.hard_limit }),
            )
            .execute();
        }
        await writeAudit(tx, context, 'compute:quota-class-sets:update', params.class_name, { changes });
        return classQuota(tx.db, params.class_name);
      });
      return ok({ quota_class_set: shown(quota, version) });
    },
  }),
];
