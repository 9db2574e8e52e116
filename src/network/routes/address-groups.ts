import { Type, type Static } from 'typebox';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { fromJson, toJson } from '../../store/json.ts';
import type { Tx } from '../../store/store.ts';
import { addressGroupNotFound, changedAddresses, checkAddressGroupUnused, parseAddresses } from '../address-groups.ts';
import { ownOrOpened, sharedAttribute, sharedWith } from '../rbac.ts';
import { projectOf, standardCreate, standardUpdate } from '../resource/body.ts';
import { change, changeable, IdParams, newStandard, touched, type Changes } from '../resource/change.ts';
import { standardAttributes, text, type Collection } from '../resource/collection.ts';
import { findRow } from '../resource/list.ts';
import { present } from '../resource/routes.ts';
import type { AddressGroupsTable } from '../tables.ts';

const Addresses = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 5000 });
const CreateBody = Strict({ ...standardCreate, addresses: Type.Optional(Addresses) });
const UpdateBody = Strict(standardUpdate);

/** https://docs.openstack.org/api-ref/network/v2/#address-groups */
export const addressGroups: Collection<AddressGroupsTable> = {
  singular: 'address_group',
  plural: 'address_groups',
  path: 'address-groups',
  table: 'address_groups',
  without: ['tags'],
  attributes: { ...standardAttributes('address-groups'), name: text, shared: sharedAttribute },
  visible: ownOrOpened,
  notFound: addressGroupNotFound,
  async render(db, context, rows) {
    const shared = await sharedWith(
      db,
      context,
      rows.map((row) => row.id),
    );
    return rows.map((row) => ({
      name: row.name,
      addresses: fromJson<string[]>(row.addresses),
      shared: shared.has(row.id),
    }));
  },
};

export const addressGroupChanges: Changes<AddressGroupsTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  async remove(tx, _context, row) {
    await checkAddressGroupUnused(tx.db, row.id);
    await tx.db.deleteFrom('address_groups').where('id', '=', row.id).execute();
  },
};

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const row: AddressGroupsTable = {
    id: newUuid(),
    ...newStandard(context, body),
    project_id: projectOf(context, body),
    name: body.name ?? '',
    addresses: toJson(parseAddresses(body.addresses ?? [])),
  };
  await tx.db.insertInto('address_groups').values(row).execute();
  return row.id;
}

async function update(
  tx: Tx,
  context: Context,
  row: AddressGroupsTable,
  body: Static<typeof UpdateBody>,
): Promise<void> {
  await tx.db
    .updateTable('address_groups')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
    })
    .where('id', '=', row.id)
    .execute();
}

const ChangeBody = Strict({ addresses: Addresses });

/** Members come and go by operations of their own, so that two clients do not undo each other's change. */
export const addressGroupRoutes: Route[] = (['add', 'remove'] as const).map((verb) =>
  route({
    operation: `address_group:${verb}-addresses`,
    method: 'PUT',
    path: `/address-groups/:id/${verb}_addresses`,
    params: IdParams,
    // The client of OpenStack wraps it, the reference does not.
    body: Type.Union([ChangeBody, Strict({ address_group: ChangeBody })]),
    async handler({ app, context, params, body }) {
      const { addresses } = 'address_group' in body ? body.address_group : body;
      await change(app, context, `address_group:${verb}-addresses`, async (tx) => {
        const row = await changeable(tx, context, addressGroups, {}, params.id, 'update');
        const after = changedAddresses(fromJson<string[]>(row.addresses), verb, addresses);
        await tx.db
          .updateTable('address_groups')
          .set({ ...touched(context, row), addresses: toJson(after) })
          .where('id', '=', row.id)
          .execute();
        return [row.id];
      });
      const row = await findRow(app.store.read, context, addressGroups, params.id);
      const [item] = await present(app.store.read, context, addressGroups, [row]);
      return ok({ address_group: item });
    },
  }),
);
