import { Type } from 'typebox';
import { badRequest, forbidden } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import { created, noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson, toJson } from '../../store/json.ts';
import { notAllowed } from '../policy.ts';
import {
  ec2Id,
  getCredential,
  insertCredential,
  openBlob,
  parseEc2Blob,
  requireProject,
  sealBlob,
  seesAllCredentials,
  seesCredential,
  type CredentialRow,
} from '../store/credentials.ts';
import {
  all,
  AnyQuery,
  collection,
  extraOf,
  filtersOf,
  IdParams,
  mergedExtra,
  Open,
  OpenPatch,
  requireSameId,
  urlOf,
} from '../wire/common.ts';
import { requireUnrestricted } from './application-credentials.ts';
import { ownClaims } from './tokens.ts';

/*
 * Secrets that Keystone keeps for others: keys of the EC2 API, seeds of one-time passwords, certificates. The blobs
 * are encrypted at rest.
 */

const CredentialType = Type.String({ minLength: 1, maxLength: 255 });
const Blob = Type.String({ minLength: 1, maxLength: 65_535 });
const Create = Strict({
  credential: Open({
    type: CredentialType,
    blob: Blob,
    user_id: Type.Optional(Type.String()),
    project_id: Type.Optional(Nullable(Type.String())),
  }),
});
const Update = Strict({
  credential: OpenPatch({
    type: Type.Optional(CredentialType),
    blob: Type.Optional(Blob),
    user_id: Type.Optional(Type.String()),
    project_id: Type.Optional(Nullable(Type.String())),
  }),
});
const MEMBERS = ['type', 'blob', 'user_id', 'project_id'];
const params = IdParams('credential_id');

const render = (call: Pick<Call, 'app'>, row: CredentialRow) => ({
  ...fromJson<object>(row.extra),
  id: row.id,
  type: row.type,
  blob: openBlob(call.app.secrets, row),
  user_id: row.user_id,
  project_id: row.project_id,
  links: { self: urlOf(call, `/credentials/${row.id}`) },
});

const list = route({
  operation: 'credentials:list',
  method: 'GET',
  path: '/credentials',
  query: AnyQuery,
  async handler(call) {
    const { app, context, query } = call;
    const claims = await ownClaims(call);
    const rows = await app.store.read
      .selectFrom('credentials')
      .selectAll()
      .$if(!seesAllCredentials(context), (select) => select.where('user_id', '=', context.userId ?? ''))
      .where(all(filtersOf(query, 'credentials', { user_id: 'text', type: 'text', project_id: 'text' })))
      .orderBy('id')
      .execute();
    const seen = rows.filter((row) => seesCredential(context, claims, row));
    return ok(collection(call, 'credentials', seen, (row) => render(call, row)));
  },
});

const show = route({
  operation: 'credentials:show',
  method: 'GET',
  path: '/credentials/:credential_id',
  params,
  async handler(call) {
    const claims = await ownClaims(call);
    const row = await getCredential(call.app.store.read, call.context, claims, call.params.credential_id);
    return ok({ credential: render(call, row) });
  },
});

const create = route({
  operation: 'credentials:create',
  method: 'POST',
  path: '/credentials',
  body: Create,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.credential;
    const claims = await ownClaims(call);
    await requireUnrestricted(call);
    const userId = given.user_id ?? context.userId ?? '';
    if (userId !== context.userId && !context.isAdmin) throw notAllowed('create_credential');
    const row: CredentialRow = {
      id: newHexId(),
      user_id: userId,
      project_id: given.project_id ?? null,
      type: given.type,
      sealed_blob: '',
      extra: toJson(extraOf(given, MEMBERS)),
    };
    if (!seesCredential(context, claims, row)) {
      throw forbidden('Through an application credential only credentials of its project can be made.');
    }
    let blob = given.blob;
    if (row.type.toLowerCase() === 'ec2') {
      const parsed = parseEc2Blob(blob);
      if (row.project_id === null)
        throw badRequest('Expecting to find project_id in credential: the type ec2 needs one.');
      row.id = ec2Id(parsed.access);
      if (claims.applicationCredential) blob = toJson({ ...parsed, app_cred_id: claims.applicationCredential.id });
    }
    row.sealed_blob = sealBlob(app.secrets, blob);
    await app.store.transaction(async (tx) => {
      await insertCredential(tx, row);
      await writeAudit(tx, context, 'identity:credentials:create', row.id, { type: row.type, user_id: row.user_id });
    });
    return created({ credential: render(call, row) });
  },
});

/** What binds an EC2 credential to how it was made. */
const BOUND = ['app_cred_id', 'trust_id', 'access_token_id', 'access_id'];

const update = route({
  operation: 'credentials:update',
  method: 'PATCH',
  path: '/credentials/:credential_id',
  params,
  body: Update,
  async handler(call) {
    const { app, context, params: path, body } = call;
    const given = body.credential;
    const claims = await ownClaims(call);
    await requireUnrestricted(call);
    const row = await app.store.transaction(async (tx) => {
      const old = await getCredential(tx.db, context, claims, path.credential_id);
      if (old.user_id !== context.userId && !context.isAdmin) throw notAllowed('update_credential');
      requireSameId(given, old.id);
      const changed: CredentialRow = {
        ...old,
        type: given.type ?? old.type,
        user_id: given.user_id ?? old.user_id,
        project_id: given.project_id === undefined ? old.project_id : given.project_id,
        extra: toJson(mergedExtra(old.extra, extraOf(given, MEMBERS))),
      };
      if (changed.user_id !== old.user_id && !context.isAdmin) throw notAllowed('update_credential');
      if (!seesCredential(context, claims, changed)) throw notAllowed('update_credential');
      await requireProject(tx.db, changed.project_id);
      const blob = given.blob ?? openBlob(app.secrets, old);
      if (changed.type.toLowerCase() === 'ec2') {
        const parsed = parseEc2Blob(blob);
        if (changed.project_id === null) throw badRequest('Expecting to find project_id in credential.');
        const before = old.type.toLowerCase() === 'ec2' ? parseEc2Blob(openBlob(app.secrets, old)) : {};
        for (const key of BOUND) {
          if (parsed[key] !== (before as Record<string, unknown>)[key]) {
            throw badRequest(`${key} can not be updated for credential.`);
          }
        }
      }
      if (given.blob !== undefined) changed.sealed_blob = sealBlob(app.secrets, blob);
      const { id, ...changes } = changed;
      await tx.db.updateTable('credentials').set(changes).where('id', '=', id).execute();
      await writeAudit(tx, context, 'identity:credentials:update', id, { members: Object.keys(given) });
      return changed;
    });
    return ok({ credential: render(call, row) });
  },
});

const remove = route({
  operation: 'credentials:delete',
  method: 'DELETE',
  path: '/credentials/:credential_id',
  params,
  async handler(call): Promise<Reply> {
    const { app, context, params: path } = call;
    const claims = await ownClaims(call);
    await requireUnrestricted(call);
    await app.store.transaction(async (tx) => {
      const row = await getCredential(tx.db, context, claims, path.credential_id);
      if (row.user_id !== context.userId && !context.isAdmin) throw notAllowed('delete_credential');
      await tx.db.deleteFrom('credentials').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:credentials:delete', row.id, { type: row.type });
    });
    return noContent();
  },
});

export const credentialRoutes = [list, show, create, update, remove];
