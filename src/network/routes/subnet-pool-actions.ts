import { Type } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { fromJson, toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { overlaps, parseCidr, type Cidr } from '../address.ts';
import { checkPoolScope } from '../address-scopes.ts';
import { notAuthorized } from '../errors.ts';
import { addedPrefixes, removedPrefixes } from '../pool-prefixes.ts';
import { Uuid } from '../resource/body.ts';
import { change, changeable, IdParams, touched } from '../resource/change.ts';
import { findRow } from '../resource/list.ts';
import type { SubnetPoolsTable } from '../tables.ts';
import { networks } from './networks.ts';
import { subnetPools } from './subnet-pools.ts';

const PrefixBody = Strict({ prefixes: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100 }) });

/** What subnets of the pool lie in. */
async function allocated(db: Reader, pool: SubnetPoolsTable): Promise<Cidr[]> {
  const rows = await db.selectFrom('subnets').select('cidr').where('subnetpool_id', '=', pool.id).execute();
  return rows.flatMap((row) => parseCidr(row.cidr) ?? []);
}

/** Prefixes that come and go one by one, and subnets that a pool takes over. */
export const subnetPoolActionRoutes: Route[] = [
  ...(['add', 'remove'] as const).map((verb) =>
    route({
      operation: `subnetpool:${verb}-prefixes`,
      method: 'PUT',
      path: `/subnetpools/:id/${verb}_prefixes`,
      params: IdParams,
      body: PrefixBody,
      async handler({ app, context, params, body }) {
        let prefixes: string[] = [];
        await change(app, context, `subnetpool:${verb}-prefixes`, async (tx) => {
          const pool = await changeable(tx, context, subnetPools, {}, params.id, 'update');
          const before = fromJson<string[]>(pool.prefixes);
          prefixes =
            verb === 'add'
              ? addedPrefixes(pool.ip_version, before, body.prefixes)
              : removedPrefixes(pool.ip_version, before, body.prefixes, await allocated(tx.db, pool));
          await checkPoolScope(tx.db, context, { ...pool, prefixes }, pool.address_scope_id);
          await tx.db
            .updateTable('subnet_pools')
            .set({ ...touched(context, pool), prefixes: toJson(prefixes) })
            .where('id', '=', pool.id)
            .execute();
          return [pool.id];
        });
        return ok({ prefixes });
      },
    }),
  ),
  route({
    operation: 'subnetpool:onboard-network-subnets',
    method: 'PUT',
    path: '/subnetpools/:id/onboard_network_subnets',
    params: IdParams,
    body: Strict({ network_id: Uuid }),
    async handler({ app, context, params, body }) {
      let taken: { id: string; cidr: string }[] = [];
      await change(app, context, 'subnetpool:onboard-network-subnets', async (tx) => {
        const pool = await changeable(tx, context, subnetPools, {}, params.id, 'update');
        const network = await findRow(tx.db, context, networks, body.network_id);
        if (!context.isAdmin && network.project_id !== context.projectId)
          throw notAuthorized('onboard_network_subnets');
        const rows = await tx.db
          .selectFrom('subnets')
          .selectAll()
          .where('network_id', '=', network.id)
          .where('ip_version', '=', pool.ip_version)
          .execute();
        checkOnboarding(pool, rows, await allocated(tx.db, pool));
        const prefixes = addedPrefixes(
          pool.ip_version,
          fromJson<string[]>(pool.prefixes),
          rows.map((row) => row.cidr),
        );
        await checkPoolScope(tx.db, context, { ...pool, prefixes }, pool.address_scope_id);
        for (const row of rows) {
          await tx.db
            .updateTable('subnets')
            .set({ ...touched(context, row), subnetpool_id: pool.id })
            .where('id', '=', row.id)
            .execute();
        }
        await tx.db
          .updateTable('subnet_pools')
          .set({ ...touched(context, pool), prefixes: toJson(prefixes) })
          .where('id', '=', pool.id)
          .execute();
        taken = rows.map(({ id, cidr }) => ({ id, cidr }));
        return [pool.id, ...rows.map((row) => row.id)];
      });
      return ok({ subnets: taken });
    },
  }),
];

function checkOnboarding(
  pool: SubnetPoolsTable,
  rows: readonly { id: string; cidr: string; subnetpool_id: string | null }[],
  present: readonly Cidr[],
): void {
  if (rows.length === 0) {
    throw badRequest(
      `The network has no subnets of IPv${pool.ip_version} that subnet pool ${pool.id} could take over.`,
      'IllegalSubnetPoolPrefixUpdate',
    );
  }
  for (const row of rows) {
    const cidr = parseCidr(row.cidr);
    if (row.subnetpool_id !== null || (cidr && present.some((other) => overlaps(other, cidr)))) {
      throw conflict(
        `Unable to onboard subnet ${row.id}: ${row.cidr} belongs to a pool already.`,
        'IllegalSubnetOnboard',
      );
    }
  }
}
