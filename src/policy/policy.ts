import { forbidden, unauthorized } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import { RULES, type Rule } from './rules.ts';

/**
 * Who may call what: one line an operation (`servers:create`), from top to bottom. A name that ends in `*` is for all
 * that begin so and have no line of their own.
 */
export type Policy = Readonly<Record<string, Rule>>;

/** What a policy is asked for: a service, or as much of one. */
export interface Guarded {
  name: string;
  policy: Policy;
}

/**
 * The rule of an operation; HEAD is allowed to whom GET is. Throws Error for an operation without one: nothing is
 * served that nobody thought about.
 */
export function ruleOf({ name, policy }: Guarded, operation: string): Rule {
  const asked = operation.replace(/:head$/, '');
  const wildcard = Object.keys(policy).find((one) => one.endsWith('*') && asked.startsWith(one.slice(0, -1)));
  const rule = policy[asked] ?? (wildcard === undefined ? undefined : policy[wildcard]);
  if (rule === undefined) {
    throw new Error(`${name}:${operation} has no rule: say in src/policy/ who may call '${asked}'.`);
  }
  return rule;
}

/** Throws ApiError 401 for who is nobody, 403 for who may not do this, before anything is read or looked up. */
export function checkPolicy(guarded: Guarded, operation: string, context: Context): void {
  const rule = ruleOf(guarded, operation);
  if (rule === 'public' || rule === 'agent') return;
  if (context.token === null && !context.system) throw unauthorized();
  const { allows, needs } = RULES[rule];
  if (allows(context)) return;
  throw forbidden(`Policy doesn't allow ${guarded.name}:${operation} to be performed: it needs ${needs}.`);
}
