import { Type } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { newHexId, type DomainId } from '../../core/ids.ts';
import { created, noContent, ok, route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit } from '../../store/json.ts';
import { getIdentityProvider, remoteIdsOf, setRemoteIds, type IdentityProviderRow } from '../federation/store.ts';
import { findDomain, insertProject } from '../store/projects.ts';
import { identityState } from '../tokens/state.ts';
import { all, AnyQuery, collection, filtersOf } from '../wire/common.ts';
import { FEDERATION, ProviderCreate, ProviderUpdate, renderProvider } from '../wire/federation.ts';

const path = `${FEDERATION}/identity_providers/:idp_id`;
export const ProviderId = Type.String({ maxLength: 64, pattern: '^[\\w.-]+$' });
const params = Type.Object({ idp_id: ProviderId });

const list = route({
  operation: 'identity-providers:list',
  method: 'GET',
  path: `${FEDERATION}/identity_providers`,
  query: AnyQuery,
  async handler(call) {
    const db = call.app.store.read;
    const rows = await db
      .selectFrom('identity_providers')
      .selectAll()
      .where(all(filtersOf(call.query, 'identity_providers', { id: 'text', enabled: 'bool' })))
      .orderBy('id')
      .execute();
    const remoteIds = await remoteIdsOf(
      db,
      rows.map((row) => row.id),
    );
    const render = (row: IdentityProviderRow) => renderProvider(call, row, remoteIds.get(row.id) ?? []);
    return ok(collection(call, 'identity_providers', rows, render));
  },
});

const show = route({
  operation: 'identity-providers:show',
  method: 'GET',
  path,
  params,
  async handler(call) {
    const db = call.app.store.read;
    const row = await getIdentityProvider(db, call.params.idp_id);
    return ok({ identity_provider: renderProvider(call, row, (await remoteIdsOf(db, [row.id])).get(row.id) ?? []) });
  },
});

const create = route({
  operation: 'identity-providers:create',
  method: 'PUT',
  path,
  params,
  body: ProviderCreate,
  async handler(call) {
    const { app, context, body } = call;
    const id = call.params.idp_id;
    const given = body.identity_provider;
    const row = await app.store.transaction(async (tx) => {
      const taken = await tx.db.selectFrom('identity_providers').select('id').where('id', '=', id).executeTakeFirst();
      if (taken)
        throw conflict(
          `Conflict occurred attempting to store identity_provider - Duplicate entry found with ID ${id}.`,
        );
      let domainId = given.domain_id ?? null;
      if (domainId === null) {
        // As Keystone does: the accounts of a provider have a domain of their own.
        const description = `Auto generated federated domain for Identity Provider: ${id}`;
        const plain = { description, enabled: true, options: {}, extra: {}, tags: [], place: null };
        domainId = (await insertProject(tx, context.now, { ...plain, id: newHexId(), name: id })).id as DomainId;
        await writeAudit(tx, context, 'identity:domains:create', domainId, { name: id });
      } else if (!(await findDomain(tx.db, domainId))) throw badRequest(`Could not find domain: ${domainId}.`);
      const provider: IdentityProviderRow = {
        ...{ id, domain_id: domainId, description: given.description ?? null },
        ...{ enabled: bit(given.enabled ?? false), authorization_ttl: given.authorization_ttl ?? null },
      };
      await tx.db.insertInto('identity_providers').values(provider).execute();
      await setRemoteIds(tx, id, given.remote_ids ?? []);
      await writeAudit(tx, context, 'identity:identity-providers:create', id, { domain_id: domainId });
      return provider;
    });
    return created({ identity_provider: renderProvider(call, row, given.remote_ids ?? []) });
  },
});

const update = route({
  operation: 'identity-providers:update',
  method: 'PATCH',
  path,
  params,
  body: ProviderUpdate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.identity_provider;
    const { revocations } = await identityState(app);
    const { row, remoteIds } = await app.store.transaction(async (tx) => {
      const old = await getIdentityProvider(tx.db, call.params.idp_id);
      const changes = {
        enabled: given.enabled === undefined ? old.enabled : bit(given.enabled),
        description: given.description === undefined ? old.description : given.description,
        authorization_ttl: given.authorization_ttl === undefined ? old.authorization_ttl : given.authorization_ttl,
      };
      await tx.db.updateTable('identity_providers').set(changes).where('id', '=', old.id).execute();
      if (given.remote_ids !== undefined) await setRemoteIds(tx, old.id, given.remote_ids ?? []);
      if (old.enabled && !changes.enabled) await revocations.revoke(tx, 'identity_provider', old.id);
      await writeAudit(tx, context, 'identity:identity-providers:update', old.id, { members: Object.keys(given) });
      return { row: { ...old, ...changes }, remoteIds: (await remoteIdsOf(tx.db, [old.id])).get(old.id) ?? [] };
    });
    return ok({ identity_provider: renderProvider(call, row, remoteIds) });
  },
});

const remove = route({
  operation: 'identity-providers:delete',
  method: 'DELETE',
  path,
  params,
  async handler({ app, context, params: { idp_id } }) {
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await getIdentityProvider(tx.db, idp_id);
      // The accounts that were made for it stay, with what they own; nobody can log in to them any more.
      const members = tx.db.selectFrom('federated_users').select('user_id').where('identity_provider_id', '=', row.id);
      await tx.db
        .updateTable('users')
        .set({ enabled: 0 })
        .where('password_hash', 'is', null)
        .where('id', 'in', members)
        .execute();
      await tx.db.deleteFrom('user_group_members').where('identity_provider_id', '=', row.id).execute();
      await tx.db.deleteFrom('sessions').where('identity_provider_id', '=', row.id).execute();
      await tx.db.deleteFrom('identity_providers').where('id', '=', row.id).execute();
      await revocations.revoke(tx, 'identity_provider', row.id);
      await writeAudit(tx, context, 'identity:identity-providers:delete', row.id);
    });
    return noContent();
  },
});

export const identityProviderRoutes = [list, show, create, update, remove];
