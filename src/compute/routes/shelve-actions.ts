import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { accepted, ok } from '../../http/route.ts';
import { atLeast } from '../../http/microversions.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { assertUnlocked } from '../delete.ts';
import { rescueServer, unrescueServer } from '../rescue.ts';
import { serverById } from '../servers-store.ts';
import { beginOffload, shelveServer, unshelveServer } from '../shelve.ts';
import { assertPermitted } from '../states.ts';
import { action, Nothing, type Action } from './action.ts';

const rescue = action({
  name: 'rescue',
  body: Nullable(
    Strict({
      adminPass: Type.Optional(Type.String({ maxLength: 255 })),
      rescue_image_ref: Type.Optional(Type.String()),
    }),
  ),
  async handler({ app, context, params, version }, body) {
    const imageId = body?.rescue_image_ref ?? null;
    const asked = { imageId, password: body?.adminPass ?? null };
    return ok({ adminPass: await rescueServer(app, context, version, params.server_id, asked) });
  },
});

const unrescue = action({
  name: 'unrescue',
  body: Nothing,
  async handler({ app, context, params }) {
    await unrescueServer(app, context, params.server_id);
    return accepted();
  },
});

const shelve = action({
  name: 'shelve',
  body: Nothing,
  async handler({ app, context, params }) {
    await shelveServer(app, context, params.server_id);
    return accepted();
  },
});

/** What `shelve` does by itself; asked for again when a host was lost in between. */
const offload = action({
  name: 'shelveOffload',
  body: Nothing,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const server = await serverById(tx.db, context, params.server_id);
      assertUnlocked(context, server);
      assertPermitted('shelveOffload', server);
      await beginOffload(tx, server, context.now, server.shelved_image_id);
    });
    return accepted();
  },
});

const Zone = Nullable(Type.String({ minLength: 1, maxLength: 255 }));

const unshelve = action({
  name: 'unshelve',
  body: Nullable(
    Type.Union([
      Strict({ availability_zone: Type.Optional(Zone), host: Type.Optional(Type.String({ minLength: 1 })) }),
      Type.String(),
    ]),
  ),
  async handler({ app, context, params, version }, body) {
    // Before 2.77 whatever was sent meant nothing.
    const asked = atLeast(version, '2.77') && typeof body === 'object' && body !== null ? body : {};
    if (!atLeast(version, '2.91')) {
      if (asked.host !== undefined) throw badRequest("Additional properties are not allowed ('host' was unexpected).");
      if (asked.availability_zone === null) throw badRequest('availability_zone cannot be null before version 2.91.');
    }
    await unshelveServer(app, context, params.server_id, {
      ...(asked.availability_zone !== undefined && { zone: asked.availability_zone }),
      ...(asked.host !== undefined && { host: asked.host }),
    });
    return accepted();
  },
});

export const shelveActions: readonly Action[] = [rescue, unrescue, shelve, offload, unshelve];
