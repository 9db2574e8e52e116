import { protocolPath, setRules, type OidcSettings, type Rule, type Step } from '../../../../../src/sign-in/index.ts';
import {
  identityProviderRequest,
  identityProvidersRequest,
  mappingRequest,
  oidcRequest,
  type OidcClient,
} from '../../../api/queries/federation.ts';
import { plainRequest, request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';

const IDENTITY = '/identity/v3';

/** A step of setting up a provider. */
export const operationOf = ({ method, path, body, command }: Step): Operation => ({
  request: plainRequest(method, IDENTITY + path, { body }),
  command: command && openstack(...command),
});

export const listProviders: Operation = {
  request: identityProvidersRequest,
  command: openstack('identity', 'provider', 'list'),
};

/** All that the page of a provider shows. */
export const showProvider = (id: string, protocol: { id: string; mapping_id: string } | null): Operation[] => [
  { request: identityProviderRequest(id), command: openstack('identity', 'provider', 'show', id) },
  ...(protocol === null
    ? []
    : [
        { request: mappingRequest(protocol.mapping_id), command: openstack('mapping', 'show', protocol.mapping_id) },
        { request: oidcRequest(id, protocol.id), command: null },
      ]),
];

export const setProvider = (id: string, change: { enabled: boolean }): Operation => ({
  request: request('PATCH /identity/v3/OS-FEDERATION/identity_providers/{idp_id}', {
    path: { idp_id: id },
    body: { identity_provider: change },
  }),
  command: openstack('identity', 'provider', 'set', change.enabled ? '--enable' : '--disable', id),
});

/** With its rules, where they are its own. */
export const deleteProvider = (id: string, mapping: string | null): Operation[] => [
  {
    request: request('DELETE /identity/v3/OS-FEDERATION/identity_providers/{idp_id}', { path: { idp_id: id } }),
    command: openstack('identity', 'provider', 'delete', id),
  },
  ...(mapping === id
    ? [
        {
          request: request('DELETE /identity/v3/OS-FEDERATION/mappings/{mapping_id}', { path: { mapping_id: id } }),
          command: openstack('mapping', 'delete', id),
        },
      ]
    : []),
];

export const writeRules = (mapping: string, rules: readonly Rule[]): Operation =>
  operationOf(setRules(mapping, rules, false));

/** What is kept beside what is changed: it is written as a whole. */
export function writeOidc(
  provider: string,
  protocol: string,
  { now, change }: { now: OidcClient; change: Partial<OidcSettings> },
): Operation {
  const { display_name, issuer, client_id, own_project } = now;
  return {
    request: plainRequest('PUT', `${IDENTITY}${protocolPath(provider, protocol)}/oidc`, {
      body: { oidc: { display_name, issuer, client_id, own_project, ...change } },
    }),
    command: null,
  };
}

export const tryOidc = ({ issuer, client_id, client_secret = null }: OidcSettings): Operation => ({
  request: request('POST /identity/v3/OS-FEDERATION/oidc/check', {
    body: { oidc: { issuer, client_id, client_secret } },
  }),
  command: null,
});

export const checkOidc = (idp_id: string, protocol_id: string): Operation => ({
  request: request('POST /identity/v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}/oidc/check', {
    path: { idp_id, protocol_id },
  }),
  command: null,
});

/** For showing: what is typed into a secret's field is not. Pure. */
export function masked(operation: Operation): Operation {
  const body = operation.request.body as { oidc?: { client_secret?: string | null } } | undefined;
  if (typeof body?.oidc?.client_secret !== 'string') return operation;
  return { ...operation, request: { ...operation.request, body: { oidc: { ...body.oidc, client_secret: '…' } } } };
}
