import { Type } from 'typebox';
import { notFound } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import type { Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { checkPolicy } from '../../policy/policy.ts';
import { volumePolicy } from '../../policy/volume.ts';
import { actionIn, type Action } from '../actions.ts';
import { since, type Since } from '../versions.ts';

/** `POST /volumes/{id}/action` and its like: one route for all actions on one kind of thing. */
export function actionRoute(what: string, actions: readonly Action[], { from = '3.0' }: { from?: Since } = {}): Route {
  return since(from, {
    operation: `${what}:action`,
    actions: actions.map((one) => `${what}:${one.name}`),
    method: 'POST',
    path: `/${what}/:id/action`,
    params: Strict({ id: Type.String() }),
    body: Type.Object(Object.fromEntries(actions.map((one) => [one.name, Type.Optional(one.body)])), {
      additionalProperties: true,
    }),
    async handler({ app, context, version, params, body }) {
      const { found, input } = actionIn(actions, body);
      if (!atLeast(version, found.since)) throw notFound(`${found.name} is there from microversion ${found.since} on.`);
      checkPolicy({ name: 'volume', policy: volumePolicy }, `${what}:${found.name}`, context);
      return found.run({ app, context, version, id: params.id, input });
    },
  });
}
