import { queryOptions } from '@tanstack/react-query';
import type { OidcSettings, Rule } from '../../../../src/sign-in/index.ts';
import type { Answers } from '../openapi/index.ts';
import { ApiFault } from '../fault.ts';
import { request, type ApiRequest } from '../request.ts';
import { send } from '../send.ts';
import { listQuery, oneQuery } from './query.ts';

export interface IdentityProvider {
  id: string;
  enabled: boolean;
  /** What people call it, for one that was set up here. */
  description: string | null;
  domain_id: string;
  remote_ids: string[];
  /** Minutes. */
  authorization_ttl: number | null;
}

export interface Protocol {
  id: string;
  mapping_id: string;
}

export interface Mapping {
  id: string;
  rules: Rule[];
}

/** How a provider is asked; its secret is not shown. */
export interface OidcClient extends Required<Omit<OidcSettings, 'client_secret'>> {
  has_client_secret: boolean;
  scopes: string;
  audiences: string[];
  redirect_uri: string;
  backchannel_logout_uri: string;
}

/** What became of asking a provider. */
export type Check = Answers['POST /identity/v3/OS-FEDERATION/oidc/check']['check'];

export const identityProvidersRequest = request('GET /identity/v3/OS-FEDERATION/identity_providers', {});
export const identityProvidersQuery = listQuery<IdentityProvider>(
  'identity-providers',
  identityProvidersRequest,
  'identity_providers',
);

export const identityProviderRequest = (idp_id: string) =>
  request('GET /identity/v3/OS-FEDERATION/identity_providers/{idp_id}', { path: { idp_id } });
export const identityProviderQuery = (id: string) =>
  oneQuery<IdentityProvider>('identity-providers', id, identityProviderRequest(id), 'identity_provider');

export const protocolsRequest = (idp_id: string) =>
  request('GET /identity/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols', { path: { idp_id } });
export const protocolsQuery = (id: string) =>
  oneQuery<Protocol[]>('identity-providers', id, protocolsRequest(id), 'protocols');

export const mappingRequest = (mapping_id: string) =>
  request('GET /identity/v3/OS-FEDERATION/mappings/{mapping_id}', { path: { mapping_id } });
/** Null when there is none. */
export const mappingQuery = (id: string) => maybeQuery<Mapping>(['mapping', id], mappingRequest(id), 'mapping');

export const oidcRequest = (idp_id: string, protocol_id: string) =>
  request('GET /identity/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}/oidc', {
    path: { idp_id, protocol_id },
  });
/** Null where nobody has said how the provider is asked. */
export const oidcQuery = (id: string, protocol: string) =>
  maybeQuery<OidcClient>(['oidc', id, protocol], oidcRequest(id, protocol), 'oidc');

/** Not being there is an answer. */
function maybeQuery<T>(key: readonly string[], one: ApiRequest, member: string) {
  return queryOptions({
    queryKey: ['identity-providers', ...key],
    queryFn: async ({ signal }): Promise<T | null> => {
      try {
        return (await send<Record<string, T>>(one, { signal }))[member] ?? null;
      } catch (error) {
        if (error instanceof ApiFault && error.status === 404) return null;
        throw error;
      }
    },
  });
}
