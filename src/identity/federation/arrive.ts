import { ApiError, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { SESSION_HOURS } from '../sessions/hours.ts';
import { ALONE, enabledUser, type Authenticated } from '../tokens/authenticate.ts';
import type { Federation } from '../tokens/format.ts';
import type { IdentityState } from '../tokens/state.ts';
import { settle } from './account.ts';
import { assertionOf, type Claims } from './assertion.ts';
import { applyMapping } from './mapping.ts';
import { getIdentityProvider, getMapping, getProtocol, rulesOf } from './store.ts';

/** Who a provider has vouched for. */
export interface Vouched {
  from: Federation;
  claims: Claims & { sub: string };
  /** Whether a first log-in makes a project. */
  ownProject: boolean;
}

type Parts = Pick<App, 'store' | 'config' | 'log'>;

/**
 * Lets somebody in by a provider's word, as its mapping says: makes or mends the account, its groups and its projects.
 * Throws ApiError 401 when no rule lets them in, or the account or the provider is disabled here.
 */
export async function arrive(
  app: Parts,
  state: IdentityState,
  context: Context,
  { from, claims, ownProject }: Vouched,
): Promise<Authenticated> {
  const db = app.store.read;
  const provider = await getIdentityProvider(db, from.identityProviderId);
  if (!provider.enabled) throw unauthorized();
  const protocol = await getProtocol(db, provider.id, from.protocolId);
  const mapped = applyMapping(rulesOf(await getMapping(db, protocol.mapping_id)), assertionOf(claims));
  if (!mapped) {
    // With the names of the claims, so that an operator sees what the rules could have asked for.
    app.log.info('federation-refused', {
      ...{
        request: context.requestId,
        identity_provider: provider.id,
        subject: claims.sub,
        claims: Object.keys(claims),
      },
    });
    throw new ApiError(401, 'NotMapped', 'No rule of the mapping lets this account in.');
  }
  const holds = (app.config.sessionHours ?? SESSION_HOURS) * 3_600_000;
  const user = await app.store.transaction(async (tx) => {
    const account = await settle(tx, context, { app, from, mapped, subject: claims.sub, ownProject, holds });
    // What was given before the group was taken away may rest on it.
    if (account.lostGroups) await state.revocations.revoke(tx, 'user', account.user.id);
    return account.user;
  });
  if (context.trail) context.trail.account = { userId: user.id, domainId: user.domain_id };
  const current = await enabledUser(app, user.id, context.now);
  return { ...ALONE, user: current, methods: [from.protocolId], federation: from };
}
