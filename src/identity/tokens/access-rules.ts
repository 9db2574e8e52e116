import type { AskedCall } from '../../http/context.ts';
import type { AccessRule, TokenClaims } from './format.ts';

/** Whether the token's application credential allows the call. Access rules without a known call allow nothing. */
export function callAllowed(claims: TokenClaims, call: AskedCall | undefined): boolean {
  const rules = claims.applicationCredential?.accessRules;
  if (!rules) return true;
  return call !== undefined && rules.some((rule) => ruleMatches(rule, call));
}

/** Other types under which a service stands in the catalogue, or stood: rules may name any of them. */
const ALIASES: Readonly<Record<string, string>> = {
  'block-storage': 'volume',
  'block-store': 'volume',
  volumev3: 'volume',
};

/**
 * Whether a rule covers a call. In its path `*` and `{name}` are any text within one segment, `**` any text
 * (https://docs.openstack.org/keystone/latest/user/application_credentials.html#access-rules).
 */
export function ruleMatches(rule: AccessRule, call: AskedCall): boolean {
  const service = ALIASES[rule.service] ?? rule.service;
  return service === call.service && rule.method === call.method && pathMatches(rule.path, call.path);
}

/**
 * Matches without backtracking, because both texts come from users: `reached` holds every position of `path` that
 * the parts so far can end at.
 */
function pathMatches(pattern: string, path: string): boolean {
  let reached = new Set([0]);
  for (const part of pattern.split(/(\*\*|\*|\{[^/}]*\})/)) {
    if (part === '') continue;
    const next = new Set<number>();
    for (const start of reached) {
      if (part === '**') {
        for (let end = start; end <= path.length && !next.has(end); end++) next.add(end);
      } else if (part === '*' || part.startsWith('{')) {
        for (let end = start + 1; end <= path.length && path[end - 1] !== '/'; end++) next.add(end);
      } else if (path.startsWith(part, start)) {
        next.add(start + part.length);
      }
    }
    reached = next;
  }
  return reached.has(path.length);
}
