import { Type } from 'typebox';
import { placementDryRun } from '../../compute/index.ts';
import { ok, route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';

const Objection = Type.Object({ reason: Type.String(), hosts: Type.Integer(), names: Type.Array(Type.String()) });

/** Where a server would go now, or why nowhere. Nothing is made or claimed. */
export const showPlacement = route({
  operation: 'placement:show',
  method: 'GET',
  path: '/placement',
  query: Strict({
    flavor: Type.String(),
    image: Type.Optional(Type.String()),
    zone: Type.Optional(Type.String()),
    project_id: Type.Optional(Type.String()),
  }),
  response: Type.Object({
    placement: Type.Object({
      ...{ hosts: Type.Integer(), fit: Type.Integer(), candidates: Type.Array(Type.String()) },
      ...{ objections: Type.Array(Objection), reason: Nullable(Type.String()) },
    }),
  }),
  async handler({ app, context, query }) {
    const wish = {
      ...{ flavor: query.flavor, image: query.image ?? null },
      ...{ zone: query.zone ?? null, projectId: query.project_id ?? null },
    };
    return ok({ placement: await placementDryRun(app.store.read, context, wish) });
  },
});
