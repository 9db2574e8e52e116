import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../core/errors.ts';
import type { HostId, ServerId } from '../core/ids.ts';
import { noContent, ok, route, type Route } from '../http/route.ts';
import { Strict } from '../http/schemas.ts';
import type { Reader, Tx } from '../store/store.ts';

/** A password that a guest chose for its owner, encrypted with the owner's key: we cannot read it. */
export interface GuestPasswordTable {
  server_id: ServerId;
  password: string;
  set_at: number;
}

/** Bytes that Nova takes of a guest. */
const LONGEST = 1024;

/** What the guest has told, or an empty text. */
export async function guestPassword(db: Reader, server: ServerId): Promise<string> {
  const row = await db
    .selectFrom('guest_passwords')
    .select('password')
    .where('server_id', '=', server)
    .executeTakeFirst();
  return row?.password ?? '';
}

export async function clearGuestPassword(tx: Tx, server: ServerId): Promise<void> {
  await tx.db.deleteFrom('guest_passwords').where('server_id', '=', server).execute();
}

/** A host speaks for the servers that it runs and no others. */
async function ownServer(db: Reader, host: HostId | null, id: string): Promise<ServerId> {
  const row = await db
    .selectFrom('servers')
    .select('id')
    .where('id', '=', id as ServerId)
    .where('host_id', '=', host)
    .where('deleted', '=', 0)
    .executeTakeFirst();
  if (!row) throw notFound(`This host runs no server ${id}.`);
  return row.id;
}

const path = '/servers/:server_id/password';
const params = Strict({ server_id: Type.String() });

/** Said by the agent in the guest's name; a password is set once, until its owner clears it. */
export const guestPasswordRoutes: readonly Route[] = [
  route({
    operation: 'guest-password:show',
    method: 'GET',
    path,
    params,
    async handler({ app, context, params }) {
      const db = app.store.read;
      return ok({ password: await guestPassword(db, await ownServer(db, context.hostId, params.server_id)) });
    },
  }),
  route({
    operation: 'guest-password:set',
    method: 'POST',
    path,
    params,
    body: Strict({ password: Type.String() }),
    async handler({ app, context, params, body }) {
      if (Buffer.byteLength(body.password) > LONGEST) throw badRequest(`The password is longer than ${LONGEST} bytes.`);
      await app.store.transaction(async (tx) => {
        const server = await ownServer(tx.db, context.hostId, params.server_id);
        if ((await guestPassword(tx.db, server)) !== '') throw conflict('The password is set already.');
        await clearGuestPassword(tx, server);
        const row = { server_id: server, password: body.password, set_at: context.now };
        await tx.db.insertInto('guest_passwords').values(row).execute();
      });
      return noContent();
    },
  }),
];
