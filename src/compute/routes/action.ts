import { Ajv } from 'ajv';
import type { FastifyError } from 'fastify';
import { Type, type Static, type TSchema } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import { route, type Call, type Reply, type Route } from '../../http/route.ts';
import { validationMessage } from '../../http/validation.ts';
import { computePolicy } from '../../policy/compute.ts';
import { checkPolicy } from '../../policy/policy.ts';
import { Strict } from '../../http/schemas.ts';
import { ServerParams } from '../wire.ts';

/** One of the many things that `POST /servers/{id}/action` does, told by the one member of its body. */
export interface Action {
  name: string;
  /** What the member holds. */
  body: TSchema;
  /** Versions that have it; outside of them it does not exist. */
  since?: `2.${number}`;
  until?: `2.${number}`;
  handler: (call: Call<{ server_id: string }>, body: unknown) => Promise<Reply>;
}

/** Types an action's handler from its schema. */
export function action<B extends TSchema>(
  definition: Omit<Action, 'body' | 'handler'> & {
    body: B;
    handler: (call: Call<{ server_id: string }>, body: Static<B>) => Promise<Reply>;
  },
): Action {
  return definition as unknown as Action;
}

/** For actions whose member carries nothing; clients send null, an empty text or an object. */
export const Nothing = Type.Unknown();

/** The one route behind which all actions are. */
export function actionRoute(actions: readonly Action[]): Route {
  const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, allErrors: false, strict: false });
  const known = new Map(
    actions.map((one) => [one.name, { action: one, validate: ajv.compile(Strict({ [one.name]: one.body })) }]),
  );
  return route({
    operation: 'servers:action',
    actions: actions.map((one) => `servers:${one.name}`),
    method: 'POST',
    path: '/servers/:server_id/action',
    params: ServerParams,
    body: Type.Record(Type.String(), Type.Unknown(), { minProperties: 1, maxProperties: 1 }),
    async handler(call) {
      const name = Object.keys(call.body)[0] ?? '';
      const found = known.get(name);
      if (!found) throw badRequest(`There is no such action: ${name}`);
      const { action: one, validate } = found;
      const early = one.since !== undefined && !atLeast(call.version, one.since);
      const late = one.until !== undefined && atLeast(call.version, one.until);
      if (early || late) throw notFound('The resource could not be found.');
      checkPolicy({ name: 'compute', policy: computePolicy }, `servers:${name}`, call.context);
      if (!validate(call.body)) {
        const error = { validation: validate.errors, message: 'not valid' } as unknown as FastifyError;
        throw badRequest(validationMessage(error));
      }
      return one.handler(call, call.body[name]);
    },
  });
}
