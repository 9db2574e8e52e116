import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';
import {
  rulesOf,
  type IdentityProviderRow,
  type MappingRow,
  type OidcClientRow,
  type ProtocolRow,
} from '../federation/store.ts';
import { Description, DomainIdText, urlOf } from './common.ts';

export const FEDERATION = '/OS-FEDERATION';

const provider = {
  enabled: Type.Optional(Type.Boolean()),
  description: Type.Optional(Description),
  remote_ids: Type.Optional(Nullable(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 100 }))),
  /** Minutes for which memberships of groups outlast a log-in. */
  authorization_ttl: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 525_600 }))),
};
export const ProviderCreate = Strict({
  identity_provider: Strict({ ...provider, domain_id: Type.Optional(Nullable(DomainIdText)) }),
});
export const ProviderUpdate = Strict({ identity_provider: Strict(provider) });

const MappingId = Type.String({ minLength: 1, maxLength: 64 });
const remoteIdAttribute = Type.Optional(Nullable(Type.String({ maxLength: 64 })));
export const ProtocolCreate = Strict({
  protocol: Strict({ mapping_id: MappingId, remote_id_attribute: remoteIdAttribute }),
});
export const ProtocolUpdate = Strict({
  protocol: Strict({ mapping_id: Type.Optional(MappingId), remote_id_attribute: remoteIdAttribute }),
});

const Url = Type.String({ maxLength: 1000, pattern: '^https?://[^\\s?#]+$' });

/** What a provider is asked for unless somebody says otherwise. */
export const SCOPES = 'openid profile email';

/** How a provider is asked by OpenID Connect: Potluck's own, in place of a web server's configuration. */
export const OidcWrite = Strict({
  oidc: Strict({
    display_name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    issuer: Url,
    client_id: Type.String({ minLength: 1, maxLength: 255 }),
    /** Left out, the one there is stays; null for a public client. */
    client_secret: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 4096 }))),
    scopes: Type.Optional(Type.String({ maxLength: 1000, pattern: '^openid( [\\x21-\\x7e]+)*$' })),
    own_project: Type.Optional(Type.Boolean()),
    audiences: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 20 })),
  }),
});

/** What is to be tried before it is kept. */
export const OidcTry = Strict({
  oidc: Strict({
    issuer: Url,
    client_id: Type.String({ minLength: 1, maxLength: 255 }),
    client_secret: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 4096 }))),
  }),
});

/** What became of asking a provider. */
export const CheckAnswer = Type.Object({
  check: Type.Object({
    findings: Type.Array(
      Type.Object({
        about: Type.Union([Type.Literal('issuer'), Type.Literal('client'), Type.Literal('redirect')]),
        result: Type.Union([Type.Literal('good'), Type.Literal('bad'), Type.Literal('unknown')]),
        /** For programs; `message` says it to people. */
        reason: Type.String(),
        message: Type.String(),
      }),
    ),
    /** Those that it says it has; null when it does not say. */
    claims: Nullable(Type.Array(Type.String())),
  }),
});

type Answering = Pick<Call, 'app'>;

export const providerPath = (id: string) => `${FEDERATION}/identity_providers/${id}`;
const protocolPath = ({ identity_provider_id, id }: ProtocolRow) =>
  `${providerPath(identity_provider_id)}/protocols/${id}`;

export function renderProvider(call: Answering, row: IdentityProviderRow, remoteIds: readonly string[]) {
  const self = urlOf(call, providerPath(row.id));
  return {
    id: row.id,
    enabled: row.enabled === 1,
    description: row.description,
    domain_id: row.domain_id,
    remote_ids: remoteIds,
    authorization_ttl: row.authorization_ttl,
    links: { self, protocols: `${self}/protocols` },
  };
}

export const renderMapping = (call: Answering, row: MappingRow) => ({
  id: row.id,
  rules: rulesOf(row),
  schema_version: row.schema_version,
  links: { self: urlOf(call, `${FEDERATION}/mappings/${row.id}`) },
});

export const renderProtocol = (call: Answering, row: ProtocolRow) => ({
  id: row.id,
  mapping_id: row.mapping_id,
  remote_id_attribute: row.remote_id_attribute,
  links: {
    self: urlOf(call, protocolPath(row)),
    identity_provider: urlOf(call, providerPath(row.identity_provider_id)),
  },
});

/** Where a provider sends browsers back to: to be registered there. */
export const redirectUri = ({ config }: Pick<App, 'config'>) => `${config.publicUrl}/session/oidc/callback`;

/** Without the secret, which nobody reads back. */
export const renderOidc = (call: Answering, row: OidcClientRow) => ({
  display_name: row.display_name,
  issuer: row.issuer,
  client_id: row.client_id,
  has_client_secret: row.sealed_client_secret !== null,
  scopes: row.scopes,
  own_project: row.own_project === 1,
  audiences: fromJson<string[]>(row.audiences),
  redirect_uri: redirectUri(call.app),
  backchannel_logout_uri: `${call.app.config.publicUrl}/session/oidc/${row.identity_provider_id}/backchannel-logout`,
});
