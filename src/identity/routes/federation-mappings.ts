import { Type } from 'typebox';
import { conflict } from '../../core/errors.ts';
import { created, noContent, ok, route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import { getMapping, type MappingRow } from '../federation/store.ts';
import { AnyQuery, collection } from '../wire/common.ts';
import { FEDERATION, renderMapping } from '../wire/federation.ts';
import { checkRules, MappingCreate, MappingUpdate } from '../wire/mappings.ts';

const path = `${FEDERATION}/mappings/:mapping_id`;
const params = Type.Object({ mapping_id: Type.String({ maxLength: 64, pattern: '^[\\w.-]+$' }) });

const list = route({
  operation: 'mappings:list',
  method: 'GET',
  path: `${FEDERATION}/mappings`,
  query: AnyQuery,
  async handler(call) {
    const rows = await call.app.store.read.selectFrom('federation_mappings').selectAll().orderBy('id').execute();
    return ok(collection(call, 'mappings', rows, (row) => renderMapping(call, row)));
  },
});

const show = route({
  operation: 'mappings:show',
  method: 'GET',
  path,
  params,
  handler: async (call) =>
    ok({ mapping: renderMapping(call, await getMapping(call.app.store.read, call.params.mapping_id)) }),
});

const create = route({
  operation: 'mappings:create',
  method: 'PUT',
  path,
  params,
  body: MappingCreate,
  async handler(call) {
    const { app, context, body } = call;
    const { rules, schema_version = '1.0' } = body.mapping;
    checkRules(rules);
    const row: MappingRow = { id: call.params.mapping_id, rules: toJson(rules), schema_version };
    await app.store.transaction(async (tx) => {
      const result = await tx.db
        .insertInto('federation_mappings')
        .values(row)
        .onConflict((clash) => clash.doNothing())
        .executeTakeFirst();
      if (result.numInsertedOrUpdatedRows === 0n) {
        throw conflict(`Conflict occurred attempting to store mapping - Duplicate entry found with ID ${row.id}.`);
      }
      await writeAudit(tx, context, 'identity:mappings:create', row.id);
    });
    return created({ mapping: renderMapping(call, row) });
  },
});

const update = route({
  operation: 'mappings:update',
  method: 'PATCH',
  path,
  params,
  body: MappingUpdate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.mapping;
    if (given.rules) checkRules(given.rules);
    const row = await app.store.transaction(async (tx) => {
      const old = await getMapping(tx.db, call.params.mapping_id);
      const changes = {
        rules: given.rules ? toJson(given.rules) : old.rules,
        schema_version: given.schema_version ?? old.schema_version,
      };
      await tx.db.updateTable('federation_mappings').set(changes).where('id', '=', old.id).execute();
      await writeAudit(tx, context, 'identity:mappings:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ mapping: renderMapping(call, row) });
  },
});

const remove = route({
  operation: 'mappings:delete',
  method: 'DELETE',
  path,
  params,
  async handler({ app, context, params: { mapping_id } }) {
    await app.store.transaction(async (tx) => {
      const row = await getMapping(tx.db, mapping_id);
      const user = await tx.db
        .selectFrom('federation_protocols')
        .select('identity_provider_id')
        .where('mapping_id', '=', row.id)
        .executeTakeFirst();
      if (user) {
        throw conflict(
          `The mapping ${row.id} is in use by the identity provider ${user.identity_provider_id}: first give its protocol another one.`,
        );
      }
      await tx.db.deleteFrom('federation_mappings').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:mappings:delete', row.id);
    });
    return noContent();
  },
});

export const federationMappingRoutes = [list, show, create, update, remove];
