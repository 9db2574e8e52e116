import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { listRows } from '../list.ts';
import { cleanName } from '../model.ts';
import { TRANSFERS } from '../specs.ts';
import { acceptTransfer, createTransfer, deleteTransfer, transferById, type TransferRow } from '../transfers.ts';
import { since, viewFor, type Since, type View } from '../versions.ts';
import { linksTo, type Seen } from '../views.ts';
import { AnyQuery, Name, Truth, truth } from '../wire.ts';

const Params = Strict({ transfer_id: Type.String() });

/** The same resource under its first name, and since 3.55 under a second one that knows of snapshots. */
function transferRoutesOf(collection: 'os-volume-transfer' | 'volume-transfers', from: Since): Route[] {
  const summary = ({ app }: Seen, row: TransferRow): View => ({
    id: row.id,
    volume_id: row.volume_id,
    name: row.name,
    links: linksTo(app, collection, row.id),
  });
  const view = (seen: Seen, row: TransferRow): View => {
    const full = {
      ...summary(seen, row),
      created_at: isoNaive(row.created_at),
      no_snapshots: row.no_snapshots === 1,
      source_project_id: row.source_project_id,
      destination_project_id: row.destination_project_id,
      accepted: row.accepted === 1,
    };
    return viewFor(from === '3.0' ? { major: 3, minor: 0 } : seen.version, 'transfer', full);
  };
  const name = (what: string) => `${collection}:${what}`;
  const list = (detail: boolean) =>
    since(from, {
      operation: name(detail ? 'detail' : 'list'),
      method: 'GET',
      path: `/${collection}${detail ? '/detail' : ''}`,
      query: AnyQuery,
      async handler(call) {
        const { app, context, version, query } = call;
        const { rows, links } = await listRows<TransferRow>(app, context, version, query, TRANSFERS, {
          path: collection,
        });
        return ok({ transfers: rows.map((row) => (detail ? view(call, row) : summary(call, row))), ...links });
      },
    });
  return [
    list(false),
    list(true),
    since(from, {
      operation: name('create'),
      method: 'POST',
      path: `/${collection}`,
      body: Strict({
        transfer: Strict({ volume_id: Type.String(), name: Name, no_snapshots: Type.Optional(Nullable(Truth)) }),
      }),
      async handler(call) {
        const { volume_id, name: given, no_snapshots } = call.body.transfer;
        const { row, key } = await createTransfer(call.app, call.context, {
          volumeId: volume_id,
          name: cleanName(given),
          noSnapshots: truth('no_snapshots', no_snapshots ?? undefined),
        });
        return accepted({ transfer: { ...view(call, row), auth_key: key } });
      },
    }),
    since(from, {
      operation: name('show'),
      method: 'GET',
      path: `/${collection}/:transfer_id`,
      params: Params,
      handler: async (call) =>
        ok({ transfer: view(call, await transferById(call.app.store.read, call.context, call.params.transfer_id)) }),
    }),
    since(from, {
      operation: name('delete'),
      method: 'DELETE',
      path: `/${collection}/:transfer_id`,
      params: Params,
      async handler({ app, context, params }) {
        await deleteTransfer(app, context, params.transfer_id);
        return accepted();
      },
    }),
    since(from, {
      operation: name('accept'),
      method: 'POST',
      path: `/${collection}/:transfer_id/accept`,
      params: Params,
      body: Strict({ accept: Strict({ auth_key: Type.String({ minLength: 1, maxLength: 255 }) }) }),
      async handler(call) {
        const { app, context, params, body } = call;
        return accepted({
          transfer: summary(call, await acceptTransfer(app, context, params.transfer_id, body.accept.auth_key)),
        });
      },
    }),
  ];
}

export const transferRoutes: Route[] = [
  ...transferRoutesOf('os-volume-transfer', '3.0'),
  ...transferRoutesOf('volume-transfers', '3.55'),
];
