/*
 * Rules of a mapping as Keystone writes them, as far as Potluck reads them
 * (https://docs.openstack.org/keystone/latest/admin/federation/mapping_combinations.html).
 */

export interface DomainName {
  id?: string | undefined;
  name?: string | undefined;
}

export interface Remote {
  type: string;
  any_one_of?: string[] | undefined;
  not_any_of?: string[] | undefined;
  whitelist?: string[] | undefined;
  blacklist?: string[] | undefined;
  regex?: boolean | undefined;
}

export interface Local {
  user?:
    | {
        id?: string | undefined;
        name?: string | undefined;
        email?: string | undefined;
        domain?: DomainName | undefined;
        type?: 'ephemeral' | 'local' | undefined;
      }
    | undefined;
  group?: { id?: string | undefined; name?: string | undefined; domain?: DomainName | undefined } | undefined;
  groups?: string | undefined;
  group_ids?: string | undefined;
  domain?: DomainName | undefined;
  projects?: { name: string; domain?: DomainName | undefined; roles: { name: string }[] }[] | undefined;
}

export interface Rule {
  remote: Remote[];
  local: Local[];
}
