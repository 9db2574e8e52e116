import { Type, type Static } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Strict } from '../../http/schemas.ts';
import type { Tx } from '../../store/store.ts';
import { addressScopeNotFound } from '../address-scopes.ts';
import { openToAll, ownOrOpened, sharedAttribute, sharedWith } from '../rbac.ts';
import { adminOnly, Bool, Int, Name, projectOf, standardCreate, toBool, toInt } from '../resource/body.ts';
import { newStandard, touched, type Changes } from '../resource/change.ts';
import { integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import type { AddressScopesTable } from '../tables.ts';

const { description: _description, ...createStandard } = standardCreate;
const CreateBody = Strict({ ...createStandard, ip_version: Int, shared: Type.Optional(Bool) });
const UpdateBody = Strict({ name: Type.Optional(Name), shared: Type.Optional(Bool) });
const { id, project_id, tenant_id } = standardAttributes('address-scopes');

/** https://docs.openstack.org/api-ref/network/v2/#address-scopes */
export const addressScopes: Collection<AddressScopesTable> = {
  singular: 'address_scope',
  plural: 'address_scopes',
  path: 'address-scopes',
  table: 'address_scopes',
  without: ['description', 'revision_number', 'created_at', 'updated_at', 'tags'],
  attributes: {
    ...(id && project_id && tenant_id && { id, project_id, tenant_id }),
    name: text,
    ip_version: integer,
    shared: sharedAttribute,
  },
  visible: ownOrOpened,
  notFound: addressScopeNotFound,
  async render(db, context, rows) {
    const shared = await sharedWith(
      db,
      context,
      rows.map((row) => row.id),
    );
    return rows.map((row) => ({ name: row.name, ip_version: row.ip_version, shared: shared.has(row.id) }));
  },
};

export const addressScopeChanges: Changes<AddressScopesTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  async remove(tx, _context, row) {
    const used = await tx.db
      .selectFrom('subnet_pools')
      .select('id')
      .where('address_scope_id', '=', row.id)
      .executeTakeFirst();
    if (used) {
      throw conflict(
        `Unable to complete operation on address scope ${row.id}. There are one or more subnet pools in use on the address scope.`,
        'AddressScopeInUse',
      );
    }
    await tx.db.deleteFrom('address_scopes').where('id', '=', row.id).execute();
  },
};

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  adminOnly(context, body, 'create_address_scope', toBool(body.shared ?? false, 'shared') ? ['shared'] : []);
  const version = toInt(body.ip_version);
  if (version !== 4 && version !== 6) {
    throw badRequest(`Invalid input for ip_version. Reason: '${version}' is not in [4, 6].`, 'HTTPBadRequest');
  }
  const row: AddressScopesTable = {
    id: newUuid(),
    ...newStandard(context, {}),
    project_id: projectOf(context, body),
    name: body.name ?? '',
    ip_version: version,
  };
  await tx.db.insertInto('address_scopes').values(row).execute();
  if (toBool(body.shared ?? false, 'shared')) {
    await openToAll(tx, context, 'address_scope', row, 'access_as_shared', true);
  }
  return row.id;
}

async function update(
  tx: Tx,
  context: Context,
  row: AddressScopesTable,
  body: Static<typeof UpdateBody>,
): Promise<void> {
  if (body.shared !== undefined) {
    adminOnly(context, body, 'update_address_scope', ['shared']);
    const before = await sharedWith(tx.db, { projectId: null }, [row.id]);
    const shared = toBool(body.shared, 'shared');
    if (before.has(row.id) && !shared) {
      throw badRequest(
        `Unable to update address scope ${row.id} : Shared address scope can't be unshared`,
        'BadRequest',
      );
    }
    await openToAll(tx, context, 'address_scope', row, 'access_as_shared', shared);
  }
  await tx.db
    .updateTable('address_scopes')
    .set({ ...touched(context, row), name: body.name ?? row.name })
    .where('id', '=', row.id)
    .execute();
}
