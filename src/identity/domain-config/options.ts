import { badRequest, forbidden } from '../../core/errors.ts';

/*
 * What a domain may configure (https://docs.openstack.org/api-ref/identity/v3/#domain-configuration): the options of
 * Keystone's identity and ldap groups with Keystone's defaults. They are kept for clients that write and read them;
 * accounts of this cloud are in its own database, whatever they say.
 */

export type DomainConfig = Record<string, Record<string, unknown>>;

export const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  identity: { driver: 'sql', list_limit: null },
  ldap: {
    url: 'ldap://localhost',
    user: null,
    suffix: 'cn=example,cn=com',
    query_scope: 'one',
    page_size: 0,
    alias_dereferencing: 'default',
    debug_level: null,
    chase_referrals: null,
    user_tree_dn: null,
    user_filter: null,
    user_objectclass: 'inetOrgPerson',
    user_id_attribute: 'cn',
    user_name_attribute: 'sn',
    user_mail_attribute: 'mail',
    user_description_attribute: 'description',
    user_pass_attribute: 'userPassword',
    user_enabled_attribute: 'enabled',
    user_enabled_invert: false,
    user_enabled_mask: 0,
    user_enabled_default: 'True',
    user_attribute_ignore: ['default_project_id'],
    user_default_project_id_attribute: null,
    user_enabled_emulation: false,
    user_enabled_emulation_dn: null,
    user_enabled_emulation_use_group_config: false,
    user_additional_attribute_mapping: [],
    group_tree_dn: null,
    group_filter: null,
    group_objectclass: 'groupOfNames',
    group_id_attribute: 'cn',
    group_name_attribute: 'ou',
    group_members_are_ids: false,
    group_member_attribute: 'member',
    group_desc_attribute: 'description',
    group_attribute_ignore: [],
    group_additional_attribute_mapping: [],
    tls_cacertfile: null,
    tls_cacertdir: null,
    use_tls: false,
    tls_req_cert: 'demand',
    use_pool: true,
    pool_size: 10,
    pool_retry_max: 3,
    pool_retry_delay: 0.1,
    pool_connection_timeout: -1,
    pool_connection_lifetime: 600,
    use_auth_pool: true,
    auth_pool_size: 100,
    auth_pool_connection_lifetime: 60,
  },
};

/** Options that are written and never shown again. */
const SENSITIVE: Readonly<Record<string, readonly string[]>> = { ldap: ['password'] };

export const isSensitive = (group: string, option: string) => SENSITIVE[group]?.includes(option) === true;

const invalid = (reason: string) => forbidden(`Invalid domain specific configuration: ${reason}.`);

/** Throws ApiError 403 for a group or an option that a domain cannot have. */
export function requireKnown(group: string | null, option: string | null): void {
  if (group === null) return;
  const known = Object.hasOwn(DEFAULTS, group) ? DEFAULTS[group] : undefined;
  if (!known) throw invalid(`Group ${group} is not supported for domain specific configurations`);
  if (option !== null && !Object.hasOwn(known, option) && !isSensitive(group, option)) {
    throw invalid(`Option ${option} in group ${group} is not supported for domain specific configurations`);
  }
}

/** A configuration as a client gives it. Throws ApiError 400 or 403. */
export function parseConfig(given: unknown): DomainConfig {
  if (typeof given !== 'object' || given === null) throw badRequest('Expecting to find config in the request body.');
  const groups = Object.entries(given as Record<string, unknown>);
  if (groups.length === 0) throw invalid('No options specified');
  for (const [group, options] of groups) {
    if (typeof options !== 'object' || options === null || Array.isArray(options) || !Object.keys(options).length) {
      throw invalid(`The value of group ${group} specified in the config should be a dictionary of options`);
    }
    for (const option of Object.keys(options)) requireKnown(group, option);
  }
  return given as DomainConfig;
}

/** A change at `group` (and `option`): it has to speak of exactly that. Throws ApiError 400 or 403. */
export function parseChange(given: unknown, group: string | null, option: string | null): DomainConfig {
  requireKnown(group, option);
  if (group === null) return parseConfig(given);
  // Of one option, its group is left out.
  const config = parseConfig(option === null ? given : { [group]: given });
  const named = config[group];
  if (!named || Object.keys(config).length !== 1) {
    throw invalid(`Trying to update group ${group}, so that, and only that, group must be specified in the config`);
  }
  if (option !== null && (!Object.hasOwn(named, option) || Object.keys(named).length !== 1)) {
    throw invalid(
      `Trying to update option ${option} in group ${group}, so that, and only that, option must be specified in the config`,
    );
  }
  return config;
}

/** The part of a configuration that a URL names: all, one group, or the bare option. Null when there is none. */
export function partOf(config: DomainConfig, group: string | null, option: string | null): object | null {
  if (group === null) return Object.keys(config).length > 0 ? config : null;
  const options = config[group];
  if (!options || Object.keys(options).length === 0) return null;
  if (option === null) return { [group]: options };
  return Object.hasOwn(options, option) ? { [option]: options[option] } : null;
}
