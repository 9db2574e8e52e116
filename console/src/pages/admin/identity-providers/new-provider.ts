import type { QueryClient } from '@tanstack/react-query';
import { accountOf, idOf, issuerOf, rulesFor, type Known, type Wanted } from '../../../../../src/sign-in/index.ts';
import { identityProvidersQuery, mappingQuery, protocolsQuery } from '../../../api/queries/federation.ts';
import { domainsQuery } from '../../../api/queries/identity.ts';
import { domainsIn, isDomain, namesIn, whoOf, type RuleValues } from './rule-input.ts';

/** What somebody who has registered the cloud at a provider says of it. */
export interface NewProvider {
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  who: RuleValues['who'] | '';
  names: string;
  ownProject: boolean;
}

/** `fixed` is the id of a provider that is there and was never finished; `claims` those that it says it has. Pure. */
export function wantedOf(values: NewProvider, fixed: string | null, claims: readonly string[] | null): Wanted {
  const { name, issuer, clientId, clientSecret, who, names, ownProject } = values;
  const kind = who === '' ? null : whoOf({ who, names });
  return {
    id: fixed ?? idOf(name),
    oidc: {
      ...{ display_name: name.trim(), issuer: issuerOf(issuer), client_id: clientId.trim(), own_project: ownProject },
      client_secret: clientSecret === '' ? null : clientSecret.trim(),
    },
    rules: kind && rulesFor({ who: kind, grants: [], account: accountOf(claims), domain: 'default' }),
  };
}

export type Wrong = 'nameMissing' | 'nameTaken' | 'issuer' | 'insecure' | 'clientId' | 'who' | 'names' | 'domains';

/** By field; what is right is not in it. Pure. */
export function whatIsWrong(
  values: NewProvider,
  fixed: string | null,
  taken: ReadonlySet<string>,
): Partial<Record<keyof NewProvider, Wrong>> {
  const { name, issuer, clientId, who, names } = values;
  const id = fixed ?? idOf(name);
  const wrong: Partial<Record<keyof NewProvider, Wrong>> = {};
  if (id === '') wrong.name = 'nameMissing';
  else if (taken.has(id)) wrong.name = 'nameTaken';
  const address = issuerOf(issuer);
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol) || /[?#\s]/.test(address)) {
    wrong.issuer = 'issuer';
  } else if (new URL(address).protocol === 'http:' && !isLoopback(new URL(address).hostname)) wrong.issuer = 'insecure';
  if (clientId.trim() === '') wrong.clientId = 'clientId';
  if (who === '') wrong.who = 'who';
  else if (who === 'groups' && namesIn(names).length === 0) wrong.names = 'names';
  else if (who === 'addresses' && (names.trim() === '' || !domainsIn(names).every(isDomain))) wrong.names = 'domains';
  return wrong;
}

/** What the controller asks on its own machine, nobody can change on the way. */
const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127\.[\d.]+$/.test(host);

/** What is there of a provider: a try that ended in the middle goes on. Throws ApiFault. */
export async function knownOf(client: QueryClient, id: string): Promise<Known> {
  const fresh = { staleTime: 0 };
  const providers = await client.fetchQuery({ ...identityProvidersQuery, ...fresh });
  const provider = providers.find((one) => one.id === id) ?? null;
  const protocols = provider === null ? [] : await client.fetchQuery({ ...protocolsQuery(id), ...fresh });
  const [protocol = null] = protocols;
  const mapping = await client.fetchQuery({ ...mappingQuery(protocol?.mapping_id ?? id), ...fresh });
  const domains = await client.fetchQuery({ ...domainsQuery, ...fresh });
  const domain = domains.find(({ name }) => name === id)?.id ?? null;
  return { provider, domain, protocol, rules: mapping?.rules ?? null };
}
