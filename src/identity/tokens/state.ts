import type { App } from '../../http/app.ts';
import type { AskedCall, Identity } from '../../http/context.ts';
import { unauthorized } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import { createPasscodes, type Passcodes } from '../totp.ts';
import { createThrottle, type Throttle } from '../throttle.ts';
import { callAllowed } from './access-rules.ts';
import { parseToken, signToken, type TokenClaims } from './format.ts';
import { loadRevocations, type Revocations } from './revocations.ts';

/** What the identity service keeps in memory. */
export interface IdentityState {
  /**
   * Checks a token without a database read. A token whose application credential has access rules is good only for
   * the calls they name: without `call` it is refused.
   */
  verifyToken: (token: string, call?: AskedCall) => Identity;
  /** All that a valid token says, or null. */
  readToken(token: string): TokenClaims | null;
  sign(claims: TokenClaims): string;
  revocations: Revocations;
  throttle: Throttle;
  passcodes: Passcodes;
}

type Parts = Pick<App, 'store' | 'secrets' | 'clock'>;

/** One state per store: routes are plain data and find theirs through the store they work on. */
const states = new WeakMap<Store, Promise<IdentityState>>();

/** The state that belongs to this store, loaded at the first call. */
export function identityState(parts: Parts): Promise<IdentityState> {
  const known = states.get(parts.store);
  if (known) return known;
  const state = loadState(parts);
  states.set(parts.store, state);
  return state;
}

/** Most verified tokens remembered; the one unused for longest is forgotten first. */
const MOST_REMEMBERED = 2_000;

async function loadState({ store, secrets, clock }: Parts): Promise<IdentityState> {
  const key = secrets.key('tokens');
  const revocations = await loadRevocations(store, clock);
  const remembered = new Map<string, { claims: TokenClaims; identity: Identity }>();
  const recall = (token: string) => {
    const known = remembered.get(token);
    if (known) {
      remembered.delete(token);
      remembered.set(token, known);
      return known;
    }
    const claims = parseToken(token, key);
    if (!claims) return null;
    const fresh = { claims, identity: identityOf(claims) };
    const oldest = remembered.size >= MOST_REMEMBERED ? remembered.keys().next() : undefined;
    if (oldest && !oldest.done) remembered.delete(oldest.value);
    remembered.set(token, fresh);
    return fresh;
  };
  const valid = (token: string) => {
    const known = recall(token);
    if (!known) return null;
    if (known.claims.expiresAt > clock.now() && !revocations.isRevoked(known.claims)) return known;
    remembered.delete(token);
    return null;
  };
  return {
    verifyToken(token, call) {
      const known = valid(token);
      if (!known || !callAllowed(known.claims, call)) throw unauthorized();
      return known.identity;
    },
    readToken: (token) => valid(token)?.claims ?? null,
    sign: (claims) => signToken(claims, key),
    revocations,
    throttle: createThrottle({ store, secrets, clock }),
    passcodes: createPasscodes(store),
  };
}

function identityOf(claims: TokenClaims): Identity {
  const { userId, userDomainId, scope, roles } = claims;
  return {
    userId,
    userDomainId,
    projectId: scope.kind === 'project' ? scope.id : null,
    projectDomainId: scope.kind === 'project' ? scope.domainId : null,
    domainId: scope.kind === 'domain' ? scope.id : null,
    system: scope.kind === 'system',
    roles,
    delegation: delegationOf(claims),
  };
}

/** On whose word a token was given, as the audit trail names it. */
function delegationOf({ applicationCredential, delegation }: TokenClaims): string | null {
  if (delegation) return delegation.kind === 'trust' ? `trust:${delegation.id}` : `oauth:${delegation.accessTokenId}`;
  return applicationCredential && `application_credential:${applicationCredential.id}`;
}
