import { Type } from 'typebox';
import { ok, route, type Call } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { findOidcClient } from '../federation/store.ts';
import type { Asked } from '../federation/check.ts';
import { missing } from '../wire/common.ts';
import { CheckAnswer, FEDERATION, OidcTry, SCOPES } from '../wire/federation.ts';
import { requireTrusty } from './federation-protocols.ts';
import { ProviderId } from './identity-providers.ts';

/* Whether a provider can be signed in with: before it is set up, and when it does not work. */

async function check({ app, context }: Pick<Call, 'app' | 'context'>, operation: string, asked: Asked) {
  requireTrusty(asked.issuer);
  // Only who sets up a provider pays for it.
  const { checkProvider } = await import('../federation/check.ts');
  const answer = await checkProvider(app, asked);
  const results = answer.findings.map(({ about, reason }) => `${about}: ${reason}`);
  await app.store.transaction((tx) => writeAudit(tx, context, operation, asked.issuer, { results }));
  return ok({ check: answer });
}

const before = route({
  operation: 'oidc:check',
  method: 'POST',
  path: `${FEDERATION}/oidc/check`,
  body: OidcTry,
  response: CheckAnswer,
  async handler(call) {
    const { issuer, client_id, client_secret } = call.body.oidc;
    const asked = { issuer, clientId: client_id, clientSecret: client_secret ?? null, scopes: SCOPES };
    return check(call, 'identity:oidc:check', asked);
  },
});

const present = route({
  operation: 'protocols:check-oidc',
  method: 'POST',
  path: `${FEDERATION}/identity_providers/:idp_id/protocols/:protocol_id/oidc/check`,
  params: Type.Object({ idp_id: ProviderId, protocol_id: ProviderId }),
  response: CheckAnswer,
  async handler(call) {
    const { app, params } = call;
    const row = await findOidcClient(app.store.read, params.idp_id, params.protocol_id);
    if (!row) throw missing('OpenID Connect client', `${params.idp_id}/${params.protocol_id}`);
    const sealed = row.sealed_client_secret;
    return check(call, 'identity:protocols:check-oidc', {
      ...{ issuer: row.issuer, clientId: row.client_id, scopes: row.scopes },
      clientSecret: sealed === null ? null : app.secrets.open('oidc-client', sealed),
    });
  },
});

export const federationCheckRoutes = [before, present];
