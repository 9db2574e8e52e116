import { Type } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { created, noContent, ok, route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import {
  findOidcClient,
  getIdentityProvider,
  getProtocol,
  type OidcClientRow,
  type ProtocolRow,
} from '../federation/store.ts';
import { AnyQuery, collection, missing } from '../wire/common.ts';
import {
  FEDERATION,
  OidcWrite,
  ProtocolCreate,
  ProtocolUpdate,
  renderOidc,
  renderProtocol,
  SCOPES,
} from '../wire/federation.ts';
import { ProviderId } from './identity-providers.ts';

/* How a provider is asked, and by which rules its word counts. */

const base = `${FEDERATION}/identity_providers/:idp_id/protocols`;
const path = `${base}/:protocol_id`;
const params = Type.Object({ idp_id: ProviderId, protocol_id: ProviderId });

const list = route({
  operation: 'protocols:list',
  method: 'GET',
  path: base,
  params: Type.Object({ idp_id: ProviderId }),
  query: AnyQuery,
  async handler(call) {
    const db = call.app.store.read;
    const provider = await getIdentityProvider(db, call.params.idp_id);
    const rows = await db
      .selectFrom('federation_protocols')
      .selectAll()
      .where('identity_provider_id', '=', provider.id)
      .orderBy('id')
      .execute();
    return ok(collection(call, 'protocols', rows, (row) => renderProtocol(call, row)));
  },
});

const show = route({
  operation: 'protocols:show',
  method: 'GET',
  path,
  params,
  async handler(call) {
    const { idp_id, protocol_id } = call.params;
    return ok({ protocol: renderProtocol(call, await getProtocol(call.app.store.read, idp_id, protocol_id)) });
  },
});

/** Throws ApiError 400: the mapping is named in the body, not in the path. */
async function requireMapping(db: Reader, id: string): Promise<void> {
  const row = await db.selectFrom('federation_mappings').select('id').where('id', '=', id).executeTakeFirst();
  if (!row) throw badRequest(`Invalid mapping id: ${id}`);
}

const create = route({
  operation: 'protocols:create',
  method: 'PUT',
  path,
  params,
  body: ProtocolCreate,
  async handler(call) {
    const { app, context, body } = call;
    const { idp_id, protocol_id } = call.params;
    const { mapping_id, remote_id_attribute = null } = body.protocol;
    const row: ProtocolRow = { identity_provider_id: idp_id, id: protocol_id, mapping_id, remote_id_attribute };
    await app.store.transaction(async (tx) => {
      await getIdentityProvider(tx.db, idp_id);
      await requireMapping(tx.db, mapping_id);
      const result = await tx.db
        .insertInto('federation_protocols')
        .values(row)
        .onConflict((clash) => clash.doNothing())
        .executeTakeFirst();
      if (result.numInsertedOrUpdatedRows === 0n) {
        throw conflict(
          `Conflict occurred attempting to store federation_protocol - Duplicate entry found with ID ${row.id}.`,
        );
      }
      await writeAudit(tx, context, 'identity:protocols:create', idp_id, { protocol_id, mapping_id });
    });
    return created({ protocol: renderProtocol(call, row) });
  },
});

const update = route({
  operation: 'protocols:update',
  method: 'PATCH',
  path,
  params,
  body: ProtocolUpdate,
  async handler(call) {
    const { app, context, body } = call;
    const { idp_id, protocol_id } = call.params;
    const given = body.protocol;
    const row = await app.store.transaction(async (tx) => {
      const old = await getProtocol(tx.db, idp_id, protocol_id);
      if (given.mapping_id !== undefined) await requireMapping(tx.db, given.mapping_id);
      const changes = {
        mapping_id: given.mapping_id ?? old.mapping_id,
        remote_id_attribute:
          given.remote_id_attribute === undefined ? old.remote_id_attribute : given.remote_id_attribute,
      };
      await tx.db
        .updateTable('federation_protocols')
        .set(changes)
        .where('identity_provider_id', '=', idp_id)
        .where('id', '=', old.id)
        .execute();
      await writeAudit(tx, context, 'identity:protocols:update', idp_id, { protocol_id, members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ protocol: renderProtocol(call, row) });
  },
});

const remove = route({
  operation: 'protocols:delete',
  method: 'DELETE',
  path,
  params,
  async handler({ app, context, params: { idp_id, protocol_id } }) {
    await app.store.transaction(async (tx) => {
      const row = await getProtocol(tx.db, idp_id, protocol_id);
      await tx.db
        .deleteFrom('federation_protocols')
        .where('identity_provider_id', '=', idp_id)
        .where('id', '=', row.id)
        .execute();
      await writeAudit(tx, context, 'identity:protocols:delete', idp_id, { protocol_id });
    });
    return noContent();
  },
});

const showOidc = route({
  operation: 'protocols:show-oidc',
  method: 'GET',
  path: `${path}/oidc`,
  params,
  async handler(call) {
    const { idp_id, protocol_id } = call.params;
    const row = await findOidcClient(call.app.store.read, idp_id, protocol_id);
    if (!row) throw missing('OpenID Connect client', `${idp_id}/${protocol_id}`);
    return ok({ oidc: renderOidc(call, row) });
  },
});

const setOidc = route({
  operation: 'protocols:set-oidc',
  method: 'PUT',
  path: `${path}/oidc`,
  params,
  body: OidcWrite,
  async handler(call) {
    const { app, context, body } = call;
    const { idp_id, protocol_id } = call.params;
    const { client_secret, ...given } = body.oidc;
    requireTrusty(given.issuer);
    const sealed =
      client_secret === undefined || client_secret === null ? null : app.secrets.seal('oidc-client', client_secret);
    const row = await app.store.transaction(async (tx) => {
      await getProtocol(tx.db, idp_id, protocol_id);
      const old = await findOidcClient(tx.db, idp_id, protocol_id);
      const changed: OidcClientRow = {
        ...{ identity_provider_id: idp_id, protocol_id, issuer: given.issuer, client_id: given.client_id },
        display_name: given.display_name ?? old?.display_name ?? idp_id,
        sealed_client_secret: client_secret === undefined ? (old?.sealed_client_secret ?? null) : sealed,
        scopes: given.scopes ?? old?.scopes ?? SCOPES,
        own_project: given.own_project === undefined ? (old?.own_project ?? 0) : bit(given.own_project),
        audiences: given.audiences === undefined ? (old?.audiences ?? '[]') : toJson(given.audiences),
      };
      await tx.db
        .insertInto('oidc_clients')
        .values(changed)
        .onConflict((clash) => clash.columns(['identity_provider_id', 'protocol_id']).doUpdateSet(changed))
        .execute();
      await writeAudit(tx, context, 'identity:protocols:set-oidc', idp_id, { protocol_id, issuer: given.issuer });
      return changed;
    });
    return ok({ oidc: renderOidc(call, row) });
  },
});

const removeOidc = route({
  operation: 'protocols:delete-oidc',
  method: 'DELETE',
  path: `${path}/oidc`,
  params,
  async handler({ app, context, params: { idp_id, protocol_id } }) {
    await app.store.transaction(async (tx) => {
      if (!(await findOidcClient(tx.db, idp_id, protocol_id))) {
        throw missing('OpenID Connect client', `${idp_id}/${protocol_id}`);
      }
      await tx.db
        .deleteFrom('oidc_clients')
        .where('identity_provider_id', '=', idp_id)
        .where('protocol_id', '=', protocol_id)
        .execute();
      await writeAudit(tx, context, 'identity:protocols:delete-oidc', idp_id, { protocol_id });
    });
    return noContent();
  },
});

export const federationProtocolRoutes = [list, show, create, update, remove, showOidc, setOidc, removeOidc];

/** Throws ApiError 400 for a provider whose word anybody on the way could change; one of this very machine has no way. */
export function requireTrusty(issuer: string): void {
  if (!URL.canParse(issuer)) throw badRequest(`The issuer '${issuer}' is no address.`);
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127\.[\d.]+$/.test(hostname))
    return;
  throw badRequest(
    `The issuer '${issuer}' is asked over plain http, so anybody on the way could sign in: give an https address.`,
  );
}
