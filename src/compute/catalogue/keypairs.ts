import type { Selectable } from 'kysely';
import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest, conflict, forbidden, notFound } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { page, pageLinks, PageQuery } from './paging.ts';
import { computeQuota } from './quotas.ts';
import { generateSshKey, sshFingerprint } from './ssh-key.ts';
import type { KeypairTable } from './tables.ts';
import { generateX509, x509Fingerprint } from './x509.ts';

type Keypair = Selectable<KeypairTable>;

/** The key pair a server create names. Throws ApiError 400 when the caller has none of that name. */
export async function keypairForServer(
  db: Reader,
  context: Context,
  name: string,
): Promise<{ name: string; publicKey: string; type: 'ssh' | 'x509' }> {
  const row = await findKeypair(db, context.userId ?? '', name);
  if (!row) throw badRequest(`Invalid key_name provided: you have no key pair named ${name}.`);
  return { name: row.name, publicKey: row.public_key, type: row.type };
}

function findKeypair(db: Reader, userId: string, name: string): Promise<Keypair | undefined> {
  return db
    .selectFrom('keypairs')
    .selectAll()
    .where('user_id', '=', userId)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Whose key pairs are asked for: one's own, or for an admin since 2.10 those of `user_id`. */
function ownerOf(context: Context, version: Version, userId: unknown): string {
  const own = context.userId ?? '';
  if (typeof userId !== 'string' || !atLeast(version, '2.10') || userId === own) return own;
  if (!context.isAdmin) throw forbidden("Policy doesn't allow reading another user's key pairs.");
  return userId;
}

function brief(row: Keypair, version: Version) {
  return {
    name: row.name,
    public_key: row.public_key,
    fingerprint: row.fingerprint,
    ...(atLeast(version, '2.2') && { type: row.type }),
  };
}

const ListQuery = Type.Object({
  limit: PageQuery.limit,
  marker: PageQuery.marker,
  user_id: Type.Optional(Type.String()),
});
const Params = Strict({ name: Type.String() });
const OwnerQuery = Type.Object({ user_id: Type.Optional(Type.String()) });

const list = route({
  operation: 'keypairs:list',
  method: 'GET',
  path: '/os-keypairs',
  query: ListQuery,
  async handler({ app, context, query, version }) {
    const rows = await app.store.read
      .selectFrom('keypairs')
      .selectAll()
      .where('user_id', '=', ownerOf(context, version, query.user_id))
      .orderBy('name')
      .execute();
    const asked = atLeast(version, '2.35') ? query : {};
    const { items, more } = page(rows, asked, (row) => row.name, 'key pair');
    const url = `${app.config.publicUrl}/compute/v2.1/os-keypairs`;
    return ok({
      keypairs: items.map((row) => ({ keypair: brief(row, version) })),
      ...pageLinks('keypairs_links', url, asked, more, items.at(-1)?.name),
    });
  },
});

const create = route({
  operation: 'keypairs:create',
  method: 'POST',
  path: '/os-keypairs',
  body: Strict({
    keypair: Strict({
      name: Type.String({ minLength: 1, maxLength: 255 }),
      type: Type.Optional(Type.Union([Type.Literal('ssh'), Type.Literal('x509')])),
      public_key: Type.Optional(Type.String({ maxLength: 16384 })),
      user_id: Type.Optional(Type.String()),
    }),
  }),
  async handler({ app, context, body, version }) {
    const asked = body.keypair;
    const userId = ownerOf(context, version, asked.user_id);
    const allowed = atLeast(version, '2.92') ? /^[\w\-. @]+$/ : /^[\w\- ]+$/;
    if (!allowed.test(asked.name) || asked.name.trim() !== asked.name) {
      throw badRequest('Keypair data is invalid: the name may hold letters, digits, spaces, dashes and underscores.');
    }
    const type = asked.type ?? 'ssh';
    if (asked.type !== undefined && !atLeast(version, '2.2')) {
      throw badRequest("Additional properties are not allowed ('type' was unexpected).");
    }
    if (asked.user_id !== undefined && !atLeast(version, '2.10')) {
      throw badRequest("Additional properties are not allowed ('user_id' was unexpected).");
    }
    if (asked.public_key === undefined && atLeast(version, '2.92')) {
      throw badRequest("Invalid input for field/attribute keypair. 'public_key' is a required property.");
    }
    const made = asked.public_key === undefined ? await generate(type, userId, context.now) : null;
    const publicKey = (made?.publicKey ?? asked.public_key ?? '').trim();
    const fingerprint = type === 'x509' ? x509Fingerprint(publicKey) : sshFingerprint(publicKey);
    const row = {
      user_id: userId,
      name: asked.name,
      type,
      public_key: publicKey,
      fingerprint,
      created_at: context.now,
    };
    await app.store.transaction(async (tx) => {
      if (await findKeypair(tx.db, userId, asked.name)) throw conflict(`Key pair '${asked.name}' already exists.`);
      const { key_pairs: most } = await computeQuota(tx.db, context.projectId ?? '', userId);
      const { count } = await tx.db
        .selectFrom('keypairs')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      if (most >= 0 && count >= most) throw forbidden('Quota exceeded, too many key pairs.', 'OverQuota');
      await tx.db.insertInto('keypairs').values(row).execute();
      await writeAudit(tx, context, 'compute:keypairs:create', asked.name, { user: userId, fingerprint });
    });
    const keypair = {
      ...brief({ ...row, id: 0 }, version),
      user_id: userId,
      ...(made && { private_key: made.privateKey }),
    };
    return { status: atLeast(version, '2.2') ? 201 : 200, body: { keypair } };
  },
});

async function generate(type: 'ssh' | 'x509', userId: string, now: number) {
  if (type === 'ssh') return generateSshKey('generated-by-potluck');
  const { certificate, privateKey } = await generateX509(userId, now);
  return { publicKey: certificate, privateKey };
}

const show = route({
  operation: 'keypairs:show',
  method: 'GET',
  path: '/os-keypairs/:name',
  params: Params,
  query: OwnerQuery,
  async handler({ app, context, params, query, version }) {
    const userId = ownerOf(context, version, query.user_id);
    const row = await findKeypair(app.store.read, userId, params.name);
    if (!row) throw notFound(`Keypair ${params.name} not found for user ${userId}`);
    return ok({
      keypair: {
        ...brief(row, version),
        id: row.id,
        user_id: row.user_id,
        created_at: isoNaive(row.created_at),
        updated_at: null,
        deleted: false,
        deleted_at: null,
      },
    });
  },
});

const remove = route({
  operation: 'keypairs:delete',
  method: 'DELETE',
  path: '/os-keypairs/:name',
  params: Params,
  query: OwnerQuery,
  async handler({ app, context, params, query, version }) {
    const userId = ownerOf(context, version, query.user_id);
    await app.store.transaction(async (tx) => {
      const row = await findKeypair(tx.db, userId, params.name);
      if (!row) throw notFound(`Keypair ${params.name} not found for user ${userId}`);
      await tx.db.deleteFrom('keypairs').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'compute:keypairs:delete', params.name, { user: userId });
    });
    return { status: atLeast(version, '2.2') ? 204 : 202, body: null };
  },
});

export const keypairRoutes: Route[] = [list, create, show, remove];
