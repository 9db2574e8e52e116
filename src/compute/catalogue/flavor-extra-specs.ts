import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { atLeast } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson, toJson } from '../../store/json.ts';
import { assertExtraSpecs } from './extra-spec-rules.ts';
import { flavorByRef } from './flavors-store.ts';

const FlavorParams = Strict({ flavor_id: Type.String() });
const KeyParams = Strict({ flavor_id: Type.String(), key: Type.String() });
const SpecKey = '^[a-zA-Z0-9-_:. ]{1,255}$';
const Specs = Type.Record(
  Type.String({ pattern: SpecKey }),
  Type.Union([Type.String({ maxLength: 255 }), Type.Number()]),
  {
    additionalProperties: false,
  },
);

/** Changes a flavor's extra specs inside one transaction, so that two changes at once both stay. */
async function changeSpecs(
  app: App,
  context: Context,
  flavorId: string,
  change: (specs: Record<string, string>) => Record<string, string>,
): Promise<Record<string, string>> {
  const flavor = await flavorByRef(app.store.read, context, flavorId);
  return app.store.transaction(async (tx) => {
    const row = await tx.db.selectFrom('flavors').select('extra_specs').where('id', '=', flavor.id).executeTakeFirst();
    if (!row) throw notFound(`Flavor ${flavor.id} could not be found.`);
    const specs = change(fromJson<Record<string, string>>(row.extra_specs));
    await tx.db
      .updateTable('flavors')
      .set({ extra_specs: toJson(specs) })
      .where('id', '=', flavor.id)
      .execute();
    await writeAudit(tx, context, 'compute:flavors:extra-specs', flavor.id, specs);
    return specs;
  });
}

const texts = (specs: Record<string, string | number>) =>
  Object.fromEntries(Object.entries(specs).map(([key, value]) => [key, String(value)]));

const noSpec = (id: string, key: string) => notFound(`Flavor ${id} has no extra specs with key ${key}.`);

export const extraSpecRoutes: Route[] = [
  route({
    operation: 'flavors:list-extra-specs',
    method: 'GET',
    path: '/flavors/:flavor_id/os-extra_specs',
    params: FlavorParams,
    async handler({ app, context, params }) {
      return ok({ extra_specs: (await flavorByRef(app.store.read, context, params.flavor_id)).extraSpecs });
    },
  }),
  route({
    operation: 'flavors:create-extra-specs',
    method: 'POST',
    path: '/flavors/:flavor_id/os-extra_specs',
    params: FlavorParams,
    body: Strict({ extra_specs: Specs }),
    async handler({ app, context, params, body, version }) {
      const more = texts(body.extra_specs);
      if (atLeast(version, '2.86')) assertExtraSpecs(more);
      await changeSpecs(app, context, params.flavor_id, (specs) => ({ ...specs, ...more }));
      return ok({ extra_specs: more });
    },
  }),
  route({
    operation: 'flavors:show-extra-spec',
    method: 'GET',
    path: '/flavors/:flavor_id/os-extra_specs/:key',
    params: KeyParams,
    async handler({ app, context, params }) {
      const value = (await flavorByRef(app.store.read, context, params.flavor_id)).extraSpecs[params.key];
      if (value === undefined) throw noSpec(params.flavor_id, params.key);
      return ok({ [params.key]: value });
    },
  }),
  route({
    operation: 'flavors:update-extra-spec',
    method: 'PUT',
    path: '/flavors/:flavor_id/os-extra_specs/:key',
    params: KeyParams,
    body: Specs,
    async handler({ app, context, params, body, version }) {
      const value = texts(body)[params.key];
      if (value === undefined || Object.keys(body).length !== 1) {
        throw badRequest('Request body and URI mismatch: the body must hold just the key of the URI.');
      }
      if (atLeast(version, '2.86')) assertExtraSpecs({ [params.key]: value });
      await changeSpecs(app, context, params.flavor_id, (specs) => ({ ...specs, [params.key]: value }));
      return ok({ [params.key]: value });
    },
  }),
  route({
    operation: 'flavors:delete-extra-spec',
    method: 'DELETE',
    path: '/flavors/:flavor_id/os-extra_specs/:key',
    params: KeyParams,
    async handler({ app, context, params }) {
      await changeSpecs(app, context, params.flavor_id, ({ [params.key]: removed, ...rest }) => {
        if (removed === undefined) throw noSpec(params.flavor_id, params.key);
        return rest;
      });
      return { status: 200, body: null };
    },
  }),
];
