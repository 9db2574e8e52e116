import type { Assertion } from './mapping.ts';

/** Claims of a provider, as they came in a token or in the answer of its userinfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>;

const DEEPEST = 4;

/**
 * Claims as rules of a mapping name them, each with all its values: `OIDC-groups` and `HTTP_OIDC_GROUPS`, as
 * mod_auth_openidc hands them to Keystone, and members of objects by dots: `OIDC-realm_access.roles`. A text is one
 * value whatever is in it: who may choose their own name must not become a member of a group by a semicolon. Pure.
 */
export function assertionOf(claims: Claims): Assertion {
  const assertion: Record<string, string[]> = {};
  const add = (name: string, claim: unknown, depth: number): void => {
    const values = (Array.isArray(claim) ? (claim as unknown[]) : [claim]).filter(isPlain).map(String);
    if (values.length > 0) {
      assertion[`OIDC-${name}`] = values;
      assertion[`HTTP_OIDC_${name.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`] = values;
    } else if (typeof claim === 'object' && claim !== null && !Array.isArray(claim) && depth < DEEPEST) {
      for (const [key, value] of Object.entries(claim)) add(`${name}.${key}`, value, depth + 1);
    }
  };
  for (const [name, claim] of Object.entries(claims)) add(name, claim, 1);
  return assertion;
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
