import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import { isoNaive } from '../../core/clock.ts';
import type { Context } from '../../http/context.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import type { Tx } from '../../store/store.ts';
import { typeById, type Encryption, type VolumeType } from '../types-store.ts';
import { since } from '../versions.ts';
import { timeOrNull } from '../views.ts';
import { TypeParams } from './types.ts';

// What a type says of encryption can be written down and read. This cloud does not encrypt volumes yet, and so makes
// none of a type that asks for it (`assertPossible`): nobody may take plain bytes for encrypted ones.

const Fields = {
  provider: Type.String({ minLength: 1, maxLength: 255 }),
  control_location: Type.Enum(['front-end', 'back-end']),
  cipher: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  key_size: Type.Optional(
    Nullable(Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,9}$' })])),
  ),
};

const sizeOf = (value: number | string | null | undefined) =>
  value === undefined || value === null ? null : Number(value);

async function assertUnused(tx: Tx, type: VolumeType): Promise<void> {
  const used = await tx.db.selectFrom('volumes').select('id').where('volume_type_id', '=', type.id).executeTakeFirst();
  if (used) throw badRequest(`Cannot change encryption specs: volume ${used.id} is of type ${type.name}.`);
}

async function write(tx: Tx, context: Context, type: VolumeType, encryption: Encryption | null): Promise<void> {
  await tx.db
    .updateTable('volume_types')
    .set({ encryption: encryption === null ? null : toJson(encryption), updated_at: context.now })
    .where('id', '=', type.id)
    .execute();
  await writeAudit(tx, context, 'volume:types:encryption', type.id);
}

function shown(type: VolumeType): Record<string, unknown> {
  if (type.encryption === null) return {};
  const { id, created_at, updated_at, ...rest } = type.encryption;
  return {
    volume_type_id: type.id,
    encryption_id: id,
    ...rest,
    created_at: isoNaive(created_at),
    updated_at: timeOrNull(updated_at),
    deleted: false,
    deleted_at: null,
  };
}

const PATH = '/types/:type_id/encryption';

export const encryptionRoutes: Route[] = [
  since('3.0', {
    operation: 'types:show-encryption',
    method: 'GET',
    path: PATH,
    params: TypeParams,
    async handler({ app, context, params }) {
      return ok(shown(await typeById(app.store.read, context, params.type_id)));
    },
  }),
  since('3.0', {
    operation: 'types:show-encryption-item',
    method: 'GET',
    path: `${PATH}/:key`,
    params: Strict({ type_id: Type.String(), key: Type.String() }),
    async handler({ app, context, params }) {
      const value = shown(await typeById(app.store.read, context, params.type_id))[params.key];
      if (value === undefined) throw notFound(`Volume type ${params.type_id} has no encryption spec ${params.key}.`);
      return ok({ [params.key]: value });
    },
  }),
  since('3.0', {
    operation: 'types:create-encryption',
    method: 'POST',
    path: PATH,
    params: TypeParams,
    body: Strict({ encryption: Strict(Fields) }),
    async handler({ app, context, params, body }) {
      const type = await app.store.transaction(async (tx) => {
        const found = await typeById(tx.db, context, params.type_id);
        if (found.encryption !== null) throw badRequest(`Volume type encryption for type ${found.id} already exists.`);
        await assertUnused(tx, found);
        const { provider, control_location, cipher, key_size } = body.encryption;
        const encryption: Encryption = {
          id: newUuid(),
          provider,
          control_location,
          cipher: cipher ?? null,
          key_size: sizeOf(key_size),
          created_at: context.now,
          updated_at: null,
        };
        await write(tx, context, found, encryption);
        return { ...found, encryption };
      });
      const { created_at: _c, updated_at: _u, deleted: _d, deleted_at: _a, ...encryption } = shown(type);
      return ok({ encryption });
    },
  }),
  since('3.0', {
    operation: 'types:update-encryption',
    method: 'PUT',
    path: `${PATH}/:encryption_id`,
    params: Strict({ type_id: Type.String(), encryption_id: Type.String() }),
    body: Strict({
      encryption: Strict({
        provider: Type.Optional(Fields.provider),
        control_location: Type.Optional(Fields.control_location),
        cipher: Fields.cipher,
        key_size: Fields.key_size,
      }),
    }),
    async handler({ app, context, params, body }) {
      await app.store.transaction(async (tx) => {
        const type = await typeById(tx.db, context, params.type_id);
        if (type.encryption === null) throw notFound(`Volume type encryption for type ${type.id} does not exist.`);
        await assertUnused(tx, type);
        const { provider, control_location, cipher, key_size } = body.encryption;
        await write(tx, context, type, {
          ...type.encryption,
          ...(provider !== undefined && { provider }),
          ...(control_location !== undefined && { control_location }),
          ...(cipher !== undefined && { cipher }),
          ...(key_size !== undefined && { key_size: sizeOf(key_size) }),
          updated_at: context.now,
        });
      });
      return ok({ encryption: body.encryption });
    },
  }),
  since('3.0', {
    operation: 'types:delete-encryption',
    method: 'DELETE',
    path: `${PATH}/:encryption_id`,
    params: Strict({ type_id: Type.String(), encryption_id: Type.String() }),
    async handler({ app, context, params }) {
      await app.store.transaction(async (tx) => {
        const type = await typeById(tx.db, context, params.type_id);
        if (type.encryption === null) throw notFound(`Volume type encryption for type ${type.id} does not exist.`);
        await assertUnused(tx, type);
        await write(tx, context, type, null);
      });
      return accepted();
    },
  }),
];
