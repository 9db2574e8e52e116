import type { World } from '../world.ts';
import type { Things } from './case.ts';

const FEDERATION = '/identity/v3/OS-FEDERATION';

/** An identity provider that nobody reaches, with its mapping and protocol. */
export async function federationThings({ make, places }: World): Promise<Things> {
  const mapping = { rules: [{ local: [{ user: { name: '{0}' } }], remote: [{ type: 'OIDC-sub' }] }] };
  const oidc = { issuer: 'http://127.0.0.1:9', client_id: 'cloud', client_secret: 'secret' };
  const put = (path: string, body: object) => make('admin', 'PUT', FEDERATION + path, body);
  await put('/mappings/people', { mapping });
  await put('/identity_providers/club', { identity_provider: { domain_id: places.domainId } });
  await put('/identity_providers/club/protocols/openid', { protocol: { mapping_id: 'people' } });
  await put('/identity_providers/club/protocols/openid/oidc', { oidc });
  const unvouched = { status: 401, why: 'only a token of the provider gets further: src/identity/federation/' };
  const untrusted = { status: 401, why: 'only for consoles that the operator trusts: src/identity/federation/' };
  const origin = { query: 'origin=http://console.example/', answers: untrusted };
  return {
    params: { idp_id: 'club', protocol_id: 'openid', mapping_id: 'people' },
    cases: {
      'identity-providers:create': { params: { idp_id: 'other' }, body: { identity_provider: {} } },
      'identity-providers:update': { body: { identity_provider: { enabled: true } } },
      'mappings:create': { params: { mapping_id: 'other' }, body: { mapping } },
      'mappings:update': { body: { mapping } },
      'mappings:delete': { params: { mapping_id: 'spare' }, before: () => put('/mappings/spare', { mapping }) },
      'protocols:create': { params: { protocol_id: 'other' }, body: { protocol: { mapping_id: 'people' } } },
      'protocols:update': { body: { protocol: { mapping_id: 'people' } } },
      'protocols:set-oidc': { body: { oidc } },
      'oidc:check': { body: { oidc } },
      'federation:create-token': { answers: unvouched },
      'federation:fetch-token': { answers: unvouched },
      'federation:websso': origin,
      'federation:websso-of-provider': origin,
    },
  };
}
