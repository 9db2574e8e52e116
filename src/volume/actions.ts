import type { Static, TSchema } from 'typebox';
import { badRequest } from '../core/errors.ts';
import type { Reply } from '../http/route.ts';
import type { Since } from './versions.ts';
import type { Seen } from './views.ts';

/** What an action on something gets. */
export interface ActionCall<Input> extends Seen {
  id: string;
  input: Input;
}

/** One member of the body of `POST …/action`, as plain data. */
export interface Action {
  /** `os-extend`: the name in the body. */
  name: string;
  since: Since;
  body: TSchema;
  run: (call: ActionCall<unknown>) => Promise<Reply>;
}

/** Types an action's handler from its schema. */
export function action<B extends TSchema>(
  name: string,
  definition: {
    since?: Since;
    body: B;
    run: (call: ActionCall<Static<B>>) => Promise<Reply>;
  },
): Action {
  const { since = '3.0' } = definition;
  return { name, since, body: definition.body, run: definition.run as Action['run'] };
}

/** The action that a body names. Throws ApiError 400 unless it names just one that there is. */
export function actionIn(actions: readonly Action[], body: object): { found: Action; input: unknown } {
  const names = Object.keys(body);
  const found = actions.find((one) => one.name === names[0]);
  if (!found || names.length !== 1) {
    const known = actions.map((one) => one.name).join(', ');
    throw badRequest(`There is no such action: ${names.join(', ') || 'the body is empty'}. Name one of ${known}.`);
  }
  return { found, input: (body as Record<string, unknown>)[found.name] };
}
