import type { Rule } from './rule.ts';

/** How a provider is asked; the secret is left out where the one that is there stays. */
export interface OidcSettings {
  display_name: string;
  issuer: string;
  client_id: string;
  client_secret?: string | null;
  own_project: boolean;
}

export interface Wanted {
  /** Of the provider; its mapping is called the same unless it has one. */
  id: string;
  oidc: OidcSettings;
  /** Null leaves what is there. */
  rules: readonly Rule[] | null;
}

/** What is there already: a second try goes on where the first one ended. */
export interface Known {
  provider: { remote_ids: readonly string[] } | null;
  /** The id of a domain called as the provider, in which the accounts of a former one are; it cannot be made twice. */
  domain: string | null;
  /** Of the provider, the first by name. */
  protocol: { id: string; mapping_id: string } | null;
  /** The rules of the protocol's mapping, or of one with the provider's id. */
  rules: readonly Rule[] | null;
}

/** One request to Keystone's federation API, and the openstack command for it, if it has one. */
export interface Step {
  method: 'PUT' | 'PATCH';
  /** Below `/identity/v3`. */
  path: string;
  body: object;
  command: string[] | null;
}

export const FEDERATION = '/OS-FEDERATION';
export const PROTOCOL = 'openid';

export const protocolPath = (provider: string, protocol: string) =>
  `${FEDERATION}/identity_providers/${encodeURIComponent(provider)}/protocols/${encodeURIComponent(protocol)}`;

/** The mapping that a provider's rules are in. */
export const mappingOf = ({ id }: Pick<Wanted, 'id'>, { protocol }: Pick<Known, 'protocol'>) =>
  protocol?.mapping_id ?? id;

/**
 * What is left to do until people can sign in at a provider, in its order: until the last step nobody is offered it.
 * Pure.
 */
export function planOf(wanted: Wanted, known: Known): Step[] {
  const { id, oidc, rules } = wanted;
  const mapping = mappingOf(wanted, known);
  const protocol = known.protocol?.id ?? PROTOCOL;
  const steps: Step[] = [];
  if (rules !== null && JSON.stringify(rules) !== JSON.stringify(known.rules)) {
    steps.push(setRules(mapping, rules, known.rules === null));
  }
  const path = `${FEDERATION}/identity_providers/${encodeURIComponent(id)}`;
  if (known.provider === null) {
    steps.push({
      method: 'PUT',
      path,
      body: {
        identity_provider: {
          ...{ enabled: true, remote_ids: [oidc.issuer], description: oidc.display_name },
          ...(known.domain !== null && { domain_id: known.domain }),
        },
      },
      command: [
        ...['identity', 'provider', 'create', '--remote-id', oidc.issuer],
        ...['--description', oidc.display_name],
        ...(known.domain === null ? [] : ['--domain', known.domain]),
        id,
      ],
    });
  } else if (!known.provider.remote_ids.includes(oidc.issuer)) {
    // Where it has several names, somebody gave them to it.
    const others = known.provider.remote_ids.length > 1 ? known.provider.remote_ids : [];
    const names = [...others, oidc.issuer];
    steps.push({
      method: 'PATCH',
      path,
      body: { identity_provider: { remote_ids: names } },
      command: ['identity', 'provider', 'set', ...names.flatMap((name) => ['--remote-id', name]), id],
    });
  }
  if (known.protocol === null) {
    steps.push({
      method: 'PUT',
      path: protocolPath(id, protocol),
      body: { protocol: { mapping_id: mapping } },
      command: ['federation', 'protocol', 'create', '--identity-provider', id, '--mapping', mapping, protocol],
    });
  }
  steps.push({ method: 'PUT', path: `${protocolPath(id, protocol)}/oidc`, body: { oidc }, command: null });
  return steps;
}

/** Writes the rules of a mapping that is there, or is made. Pure. */
export function setRules(mapping: string, rules: readonly Rule[], isNew: boolean): Step {
  return {
    method: isNew ? 'PUT' : 'PATCH',
    path: `${FEDERATION}/mappings/${encodeURIComponent(mapping)}`,
    body: { mapping: { rules } },
    command: ['mapping', isNew ? 'create' : 'set', '--rules', 'rules.json', mapping],
  };
}
