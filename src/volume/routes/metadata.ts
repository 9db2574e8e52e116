import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { ok, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { checkProperties, propertiesOf, removeProperties, writeProperties, type Properties } from '../properties.ts';
import { since } from '../versions.ts';
import { snapshotById, volumeById } from '../volumes-store.ts';
import { Metadata } from '../wire.ts';

type Find = (db: Reader, context: Context, id: string) => Promise<{ id: string; status: string }>;

/** The metadata of volumes, and that of snapshots: the same six operations. */
function metadataRoutes(kind: 'volume' | 'snapshot', find: Find): Route[] {
  const base = `/${kind}s/:owner_id/metadata`;
  const name = (what: string) => `${kind}-metadata:${what}`;
  const Params = Strict({ owner_id: Type.String() });
  const KeyParams = Strict({ owner_id: Type.String(), key: Type.String() });
  const write = (app: App, context: Context, ownerId: string, values: Record<string, unknown>, keep: boolean) =>
    app.store.transaction(async (tx): Promise<Properties> => {
      const owner = await find(tx.db, context, ownerId);
      const before = keep ? await propertiesOf(tx.db, kind, owner.id) : {};
      const after = checkProperties({ ...before, ...values });
      await writeProperties(tx, kind, owner.id, after, { keep: false });
      await writeAudit(tx, context, `volume:${name('update')}`, owner.id);
      return after;
    });
  return [
    since('3.0', {
      operation: name('list'),
      method: 'GET',
      path: base,
      params: Params,
      async handler({ app, context, params }) {
        const owner = await find(app.store.read, context, params.owner_id);
        return ok({ metadata: await propertiesOf(app.store.read, kind, owner.id) });
      },
    }),
    since('3.0', {
      operation: name('create'),
      method: 'POST',
      path: base,
      params: Params,
      body: Strict({ metadata: Metadata }),
      async handler({ app, context, params, body }) {
        return ok({ metadata: await write(app, context, params.owner_id, body.metadata, true) });
      },
    }),
    since('3.0', {
      operation: name('replace'),
      method: 'PUT',
      path: base,
      params: Params,
      body: Strict({ metadata: Metadata }),
      async handler({ app, context, params, body }) {
        return ok({ metadata: await write(app, context, params.owner_id, body.metadata, false) });
      },
    }),
    since('3.0', {
      operation: name('show'),
      method: 'GET',
      path: `${base}/:key`,
      params: KeyParams,
      async handler({ app, context, params }) {
        const owner = await find(app.store.read, context, params.owner_id);
        const value = (await propertiesOf(app.store.read, kind, owner.id))[params.key];
        if (value === undefined) throw noItem(kind, params.owner_id, params.key);
        return ok({ meta: { [params.key]: value } });
      },
    }),
    since('3.0', {
      operation: name('set'),
      method: 'PUT',
      path: `${base}/:key`,
      params: KeyParams,
      body: Strict({ meta: Metadata }),
      async handler({ app, context, params, body }) {
        if (Object.keys(body.meta).length !== 1 || !Object.hasOwn(body.meta, params.key)) {
          throw badRequest('Request body and URI mismatch: the body must hold just the key of the URI.');
        }
        await write(app, context, params.owner_id, body.meta, true);
        return ok({ meta: body.meta });
      },
    }),
    since('3.0', {
      operation: name('delete'),
      method: 'DELETE',
      path: `${base}/:key`,
      params: KeyParams,
      async handler({ app, context, params }) {
        await app.store.transaction(async (tx) => {
          const owner = await find(tx.db, context, params.owner_id);
          if (!(await removeProperties(tx, kind, owner.id, params.key))) {
            throw noItem(kind, params.owner_id, params.key);
          }
          await writeAudit(tx, context, `volume:${name('delete')}`, owner.id);
        });
        return { status: 200, body: null };
      },
    }),
  ];
}

const noItem = (kind: string, id: string, key: string) =>
  notFound(`${kind === 'volume' ? 'Volume' : 'Snapshot'} ${id} has no metadata with key ${key}.`);

export const allMetadataRoutes: Route[] = [
  ...metadataRoutes('volume', volumeById),
  ...metadataRoutes('snapshot', snapshotById),
];
