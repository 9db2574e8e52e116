// Made of docs/openapi/identity.json by: ./potluck openapi --write

export interface IdentityRequests {
  'GET /': object;
  'HEAD /': object;
  'GET /identity': object;
  'HEAD /identity': object;
  'GET /identity/v3': object;
  'HEAD /identity/v3': object;
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups': object;
  'HEAD /identity/v3/OS-EP-FILTER/endpoint_groups': object;
  'POST /identity/v3/OS-EP-FILTER/endpoint_groups': {
    body: {
      endpoint_group: {
        description?: string | null;
        name: string;
        filters: {
          service_id?: string;
          region_id?: string;
          interface?: 'public' | 'internal' | 'admin';
          enabled?: boolean;
        };
      };
    };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}': { path: { endpoint_group_id: string } };
  'HEAD /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}': { path: { endpoint_group_id: string } };
  'PATCH /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}': {
    path: { endpoint_group_id: string };
    body: {
      endpoint_group: {
        description?: string | null;
        name?: string;
        filters?: {
          service_id?: string;
          region_id?: string;
          interface?: 'public' | 'internal' | 'admin';
          enabled?: boolean;
        };
      };
    };
  };
  'DELETE /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}': { path: { endpoint_group_id: string } };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/endpoints': {
    path: { endpoint_group_id: string };
  };
  'HEAD /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/endpoints': {
    path: { endpoint_group_id: string };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects': { path: { endpoint_group_id: string } };
  'HEAD /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects': {
    path: { endpoint_group_id: string };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}': {
    path: { endpoint_group_id: string; project_id: string };
  };
  'HEAD /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}': {
    path: { endpoint_group_id: string; project_id: string };
  };
  'PUT /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}': {
    path: { endpoint_group_id: string; project_id: string };
  };
  'DELETE /identity/v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}': {
    path: { endpoint_group_id: string; project_id: string };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoints/{endpoint_id}/projects': { path: { endpoint_id: string } };
  'HEAD /identity/v3/OS-EP-FILTER/endpoints/{endpoint_id}/projects': { path: { endpoint_id: string } };
  'GET /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoint_groups': { path: { project_id: string } };
  'HEAD /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoint_groups': { path: { project_id: string } };
  'GET /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoints': { path: { project_id: string } };
  'HEAD /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoints': { path: { project_id: string } };
  'GET /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}': {
    path: { project_id: string; endpoint_id: string };
  };
  'HEAD /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}': {
    path: { project_id: string; endpoint_id: string };
  };
  'PUT /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}': {
    path: { project_id: string; endpoint_id: string };
  };
  'DELETE /identity/v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}': {
    path: { project_id: string; endpoint_id: string };
  };
  'GET /identity/v3/OS-INHERIT/domains/{target_id}/groups/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/domains/{target_id}/groups/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'GET /identity/v3/OS-INHERIT/domains/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/domains/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/domains/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/domains/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'GET /identity/v3/OS-INHERIT/domains/{target_id}/users/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/domains/{target_id}/users/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'GET /identity/v3/OS-INHERIT/domains/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/domains/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/domains/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/domains/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'GET /identity/v3/OS-INHERIT/projects/{target_id}/groups/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/projects/{target_id}/groups/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'GET /identity/v3/OS-INHERIT/projects/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/projects/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/projects/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/projects/{target_id}/groups/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'GET /identity/v3/OS-INHERIT/projects/{target_id}/users/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/projects/{target_id}/users/{actor_id}/roles/inherited_to_projects': {
    path: { target_id: string; actor_id: string };
  };
  'GET /identity/v3/OS-INHERIT/projects/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/OS-INHERIT/projects/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/projects/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/projects/{target_id}/users/{actor_id}/roles/{role_id}/inherited_to_projects': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'POST /identity/v3/OS-OAUTH1/access_token': object;
  'PUT /identity/v3/OS-OAUTH1/authorize/{request_token_id}': {
    path: { request_token_id: string };
    body: { roles: { id?: string; name?: string }[] };
  };
  'GET /identity/v3/OS-OAUTH1/consumers': object;
  'HEAD /identity/v3/OS-OAUTH1/consumers': object;
  'POST /identity/v3/OS-OAUTH1/consumers': { body: { consumer: { description?: string | null } } };
  'GET /identity/v3/OS-OAUTH1/consumers/{consumer_id}': { path: { consumer_id: string } };
  'HEAD /identity/v3/OS-OAUTH1/consumers/{consumer_id}': { path: { consumer_id: string } };
  'PATCH /identity/v3/OS-OAUTH1/consumers/{consumer_id}': {
    path: { consumer_id: string };
    body: { consumer: { description?: string | null } };
  };
  'DELETE /identity/v3/OS-OAUTH1/consumers/{consumer_id}': { path: { consumer_id: string } };
  'POST /identity/v3/OS-OAUTH1/request_token': object;
  'GET /identity/v3/OS-REVOKE/events': object;
  'HEAD /identity/v3/OS-REVOKE/events': object;
  'GET /identity/v3/OS-TRUST/trusts': object;
  'HEAD /identity/v3/OS-TRUST/trusts': object;
  'POST /identity/v3/OS-TRUST/trusts': {
    body: {
      trust: {
        trustor_user_id: string;
        trustee_user_id: string;
        impersonation: boolean;
        project_id?: string | null;
        remaining_uses?: number | null;
        expires_at?: string | null;
        allow_redelegation?: boolean | null;
        redelegation_count?: number | null;
        redelegated_trust_id?: string | null;
        roles?: { id?: string; name?: string }[];
      };
    };
  };
  'GET /identity/v3/OS-TRUST/trusts/{trust_id}': { path: { trust_id: string } };
  'HEAD /identity/v3/OS-TRUST/trusts/{trust_id}': { path: { trust_id: string } };
  'DELETE /identity/v3/OS-TRUST/trusts/{trust_id}': { path: { trust_id: string } };
  'GET /identity/v3/OS-TRUST/trusts/{trust_id}/roles': { path: { trust_id: string } };
  'HEAD /identity/v3/OS-TRUST/trusts/{trust_id}/roles': { path: { trust_id: string } };
  'GET /identity/v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}': { path: { trust_id: string; role_id: string } };
  'HEAD /identity/v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}': { path: { trust_id: string; role_id: string } };
  'GET /identity/v3/auth/catalog': object;
  'HEAD /identity/v3/auth/catalog': object;
  'GET /identity/v3/auth/domains': object;
  'HEAD /identity/v3/auth/domains': object;
  'GET /identity/v3/auth/projects': object;
  'HEAD /identity/v3/auth/projects': object;
  'GET /identity/v3/auth/system': object;
  'HEAD /identity/v3/auth/system': object;
  'POST /identity/v3/auth/tokens': {
    body: {
      auth: {
        identity: {
          methods: string[];
          password?: {
            user: { id?: string; name?: string; domain?: { id?: string; name?: string }; password: string };
          };
          token?: { id: string };
          oauth1?: Record<string, unknown>;
          totp?: { user: { id?: string; name?: string; domain?: { id?: string; name?: string }; passcode: string } };
          application_credential?: {
            id?: string;
            name?: string;
            secret: string;
            user?: { id?: string; name?: string; domain?: { id?: string; name?: string } };
          };
        };
        scope?:
          | 'unscoped'
          | {
              project?: { id?: string; name?: string; domain?: { id?: string; name?: string } };
              domain?: { id?: string; name?: string };
              system?: { all?: boolean };
              unscoped?: Record<string, unknown>;
              'OS-TRUST:trust'?: { id?: string };
            }
          | null;
      };
    };
  };
  'GET /identity/v3/auth/tokens': object;
  'HEAD /identity/v3/auth/tokens': object;
  'DELETE /identity/v3/auth/tokens': object;
  'GET /identity/v3/credentials': object;
  'HEAD /identity/v3/credentials': object;
  'POST /identity/v3/credentials': {
    body: { credential: { type: string; blob: string; user_id?: string; project_id?: string | null } };
  };
  'GET /identity/v3/credentials/{credential_id}': { path: { credential_id: string } };
  'HEAD /identity/v3/credentials/{credential_id}': { path: { credential_id: string } };
  'PATCH /identity/v3/credentials/{credential_id}': {
    path: { credential_id: string };
    body: { credential: { type?: string; blob?: string; user_id?: string; project_id?: string | null } };
  };
  'DELETE /identity/v3/credentials/{credential_id}': { path: { credential_id: string } };
  'GET /identity/v3/domains': object;
  'HEAD /identity/v3/domains': object;
  'POST /identity/v3/domains': {
    body: {
      domain: {
        description?: string | null;
        enabled?: boolean;
        tags?: string[];
        options?: { immutable?: boolean | null };
        name: string;
        explicit_domain_id?: string;
      };
    };
  };
  'GET /identity/v3/domains/config/default': object;
  'HEAD /identity/v3/domains/config/default': object;
  'GET /identity/v3/domains/config/{group}/default': { path: { group: string } };
  'HEAD /identity/v3/domains/config/{group}/default': { path: { group: string } };
  'GET /identity/v3/domains/config/{group}/{option}/default': { path: { group: string; option: string } };
  'HEAD /identity/v3/domains/config/{group}/{option}/default': { path: { group: string; option: string } };
  'GET /identity/v3/domains/{domain_id}': { path: { domain_id: string } };
  'HEAD /identity/v3/domains/{domain_id}': { path: { domain_id: string } };
  'PATCH /identity/v3/domains/{domain_id}': {
    path: { domain_id: string };
    body: {
      domain: {
        description?: string | null;
        enabled?: boolean;
        tags?: string[];
        options?: { immutable?: boolean | null };
        name?: string;
      };
    };
  };
  'DELETE /identity/v3/domains/{domain_id}': { path: { domain_id: string } };
  'PUT /identity/v3/domains/{domain_id}/config': {
    path: { domain_id: string };
    body: { config: Record<string, unknown> };
  };
  'GET /identity/v3/domains/{domain_id}/config': { path: { domain_id: string } };
  'HEAD /identity/v3/domains/{domain_id}/config': { path: { domain_id: string } };
  'PATCH /identity/v3/domains/{domain_id}/config': {
    path: { domain_id: string };
    body: { config: Record<string, unknown> };
  };
  'DELETE /identity/v3/domains/{domain_id}/config': { path: { domain_id: string } };
  'GET /identity/v3/domains/{domain_id}/config/{group}': { path: { domain_id: string; group: string } };
  'HEAD /identity/v3/domains/{domain_id}/config/{group}': { path: { domain_id: string; group: string } };
  'PATCH /identity/v3/domains/{domain_id}/config/{group}': {
    path: { domain_id: string; group: string };
    body: { config: Record<string, unknown> };
  };
  'DELETE /identity/v3/domains/{domain_id}/config/{group}': { path: { domain_id: string; group: string } };
  'GET /identity/v3/domains/{domain_id}/config/{group}/{option}': {
    path: { domain_id: string; group: string; option: string };
  };
  'HEAD /identity/v3/domains/{domain_id}/config/{group}/{option}': {
    path: { domain_id: string; group: string; option: string };
  };
  'PATCH /identity/v3/domains/{domain_id}/config/{group}/{option}': {
    path: { domain_id: string; group: string; option: string };
    body: { config: Record<string, unknown> };
  };
  'DELETE /identity/v3/domains/{domain_id}/config/{group}/{option}': {
    path: { domain_id: string; group: string; option: string };
  };
  'GET /identity/v3/domains/{target_id}/groups/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'HEAD /identity/v3/domains/{target_id}/groups/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'GET /identity/v3/domains/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/domains/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/domains/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/domains/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'GET /identity/v3/domains/{target_id}/users/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'HEAD /identity/v3/domains/{target_id}/users/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'GET /identity/v3/domains/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/domains/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/domains/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/domains/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'POST /identity/v3/ec2tokens': {
    body: {
      credentials?: {
        access?: string;
        signature?: string;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      credential?: {
        access?: string;
        signature?: string;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      ec2Credentials?: {
        access?: string;
        signature?: string;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
    };
  };
  'GET /identity/v3/endpoints': object;
  'HEAD /identity/v3/endpoints': object;
  'POST /identity/v3/endpoints': {
    body: {
      endpoint: {
        enabled?: boolean;
        region_id?: string | null;
        region?: string | null;
        name?: string;
        description?: string | null;
        service_id: string;
        interface: 'public' | 'internal' | 'admin';
        url: string;
      };
    };
  };
  'GET /identity/v3/endpoints/{endpoint_id}': { path: { endpoint_id: string } };
  'HEAD /identity/v3/endpoints/{endpoint_id}': { path: { endpoint_id: string } };
  'PATCH /identity/v3/endpoints/{endpoint_id}': {
    path: { endpoint_id: string };
    body: {
      endpoint: {
        enabled?: boolean;
        region_id?: string | null;
        region?: string | null;
        name?: string;
        description?: string | null;
        service_id?: string;
        interface?: 'public' | 'internal' | 'admin';
        url?: string;
      };
    };
  };
  'DELETE /identity/v3/endpoints/{endpoint_id}': { path: { endpoint_id: string } };
  'GET /identity/v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy': { path: { endpoint_id: string } };
  'HEAD /identity/v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy': { path: { endpoint_id: string } };
  'GET /identity/v3/groups': object;
  'HEAD /identity/v3/groups': object;
  'POST /identity/v3/groups': { body: { group: { description?: string | null; name: string; domain_id?: string } } };
  'GET /identity/v3/groups/{group_id}': { path: { group_id: string } };
  'HEAD /identity/v3/groups/{group_id}': { path: { group_id: string } };
  'PATCH /identity/v3/groups/{group_id}': {
    path: { group_id: string };
    body: { group: { description?: string | null; name?: string; domain_id?: string } };
  };
  'DELETE /identity/v3/groups/{group_id}': { path: { group_id: string } };
  'GET /identity/v3/groups/{group_id}/users': { path: { group_id: string } };
  'HEAD /identity/v3/groups/{group_id}/users': { path: { group_id: string } };
  'GET /identity/v3/groups/{group_id}/users/{user_id}': { path: { group_id: string; user_id: string } };
  'HEAD /identity/v3/groups/{group_id}/users/{user_id}': { path: { group_id: string; user_id: string } };
  'PUT /identity/v3/groups/{group_id}/users/{user_id}': { path: { group_id: string; user_id: string } };
  'DELETE /identity/v3/groups/{group_id}/users/{user_id}': { path: { group_id: string; user_id: string } };
  'GET /identity/v3/limits': object;
  'HEAD /identity/v3/limits': object;
  'POST /identity/v3/limits': {
    body: {
      limits: {
        service_id: string;
        region_id?: string | null;
        resource_name: string;
        resource_limit: number;
        project_id?: string | null;
        domain_id?: string | null;
        description?: string | null;
      }[];
    };
  };
  'GET /identity/v3/limits/model': object;
  'HEAD /identity/v3/limits/model': object;
  'GET /identity/v3/limits/{limit_id}': { path: { limit_id: string } };
  'HEAD /identity/v3/limits/{limit_id}': { path: { limit_id: string } };
  'PATCH /identity/v3/limits/{limit_id}': {
    path: { limit_id: string };
    body: { limit: { resource_limit?: number; description?: string | null } };
  };
  'DELETE /identity/v3/limits/{limit_id}': { path: { limit_id: string } };
  'GET /identity/v3/policies': object;
  'HEAD /identity/v3/policies': object;
  'POST /identity/v3/policies': { body: { policy: { type: string; blob: string } } };
  'GET /identity/v3/policies/{policy_id}': { path: { policy_id: string } };
  'HEAD /identity/v3/policies/{policy_id}': { path: { policy_id: string } };
  'PATCH /identity/v3/policies/{policy_id}': {
    path: { policy_id: string };
    body: { policy: { type?: string; blob?: string } };
  };
  'DELETE /identity/v3/policies/{policy_id}': { path: { policy_id: string } };
  'GET /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints': { path: { policy_id: string } };
  'HEAD /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints': { path: { policy_id: string } };
  'GET /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}': {
    path: { policy_id: string; endpoint_id: string };
  };
  'HEAD /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}': {
    path: { policy_id: string; endpoint_id: string };
  };
  'PUT /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}': {
    path: { policy_id: string; endpoint_id: string };
  };
  'DELETE /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}': {
    path: { policy_id: string; endpoint_id: string };
  };
  'GET /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}': {
    path: { policy_id: string; service_id: string };
  };
  'HEAD /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}': {
    path: { policy_id: string; service_id: string };
  };
  'PUT /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}': {
    path: { policy_id: string; service_id: string };
  };
  'DELETE /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}': {
    path: { policy_id: string; service_id: string };
  };
  'GET /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}': {
    path: { policy_id: string; service_id: string; region_id: string };
  };
  'HEAD /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}': {
    path: { policy_id: string; service_id: string; region_id: string };
  };
  'PUT /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}': {
    path: { policy_id: string; service_id: string; region_id: string };
  };
  'DELETE /identity/v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}': {
    path: { policy_id: string; service_id: string; region_id: string };
  };
  'GET /identity/v3/projects': object;
  'HEAD /identity/v3/projects': object;
  'POST /identity/v3/projects': {
    body: {
      project: {
        description?: string | null;
        domain_id?: string | null;
        enabled?: boolean;
        is_domain?: boolean;
        parent_id?: string | null;
        tags?: string[];
        options?: { immutable?: boolean | null };
        name: string;
      };
    };
  };
  'GET /identity/v3/projects/{project_id}': { path: { project_id: string } };
  'HEAD /identity/v3/projects/{project_id}': { path: { project_id: string } };
  'PATCH /identity/v3/projects/{project_id}': {
    path: { project_id: string };
    body: {
      project: {
        description?: string | null;
        domain_id?: string | null;
        enabled?: boolean;
        is_domain?: boolean;
        parent_id?: string | null;
        tags?: string[];
        options?: { immutable?: boolean | null };
        name?: string;
      };
    };
  };
  'DELETE /identity/v3/projects/{project_id}': { path: { project_id: string } };
  'GET /identity/v3/projects/{project_id}/tags': { path: { project_id: string } };
  'HEAD /identity/v3/projects/{project_id}/tags': { path: { project_id: string } };
  'PUT /identity/v3/projects/{project_id}/tags': { path: { project_id: string }; body: { tags: string[] } };
  'DELETE /identity/v3/projects/{project_id}/tags': { path: { project_id: string } };
  'GET /identity/v3/projects/{project_id}/tags/{tag}': { path: { project_id: string; tag: string } };
  'HEAD /identity/v3/projects/{project_id}/tags/{tag}': { path: { project_id: string; tag: string } };
  'PUT /identity/v3/projects/{project_id}/tags/{tag}': { path: { project_id: string; tag: string } };
  'DELETE /identity/v3/projects/{project_id}/tags/{tag}': { path: { project_id: string; tag: string } };
  'GET /identity/v3/projects/{target_id}/groups/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'HEAD /identity/v3/projects/{target_id}/groups/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'GET /identity/v3/projects/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/projects/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/projects/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/projects/{target_id}/groups/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'GET /identity/v3/projects/{target_id}/users/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'HEAD /identity/v3/projects/{target_id}/users/{actor_id}/roles': { path: { target_id: string; actor_id: string } };
  'GET /identity/v3/projects/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'HEAD /identity/v3/projects/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'PUT /identity/v3/projects/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'DELETE /identity/v3/projects/{target_id}/users/{actor_id}/roles/{role_id}': {
    path: { target_id: string; actor_id: string; role_id: string };
  };
  'GET /identity/v3/regions': object;
  'HEAD /identity/v3/regions': object;
  'POST /identity/v3/regions': {
    body: { region: { description?: string | null; parent_region_id?: string | null; id?: string } };
  };
  'GET /identity/v3/regions/{region_id}': { path: { region_id: string } };
  'HEAD /identity/v3/regions/{region_id}': { path: { region_id: string } };
  'PUT /identity/v3/regions/{region_id}': {
    path: { region_id: string };
    body: { region: { description?: string | null; parent_region_id?: string | null; id?: string } };
  };
  'PATCH /identity/v3/regions/{region_id}': {
    path: { region_id: string };
    body: { region: { description?: string | null; parent_region_id?: string | null } };
  };
  'DELETE /identity/v3/regions/{region_id}': { path: { region_id: string } };
  'GET /identity/v3/registered_limits': object;
  'HEAD /identity/v3/registered_limits': object;
  'POST /identity/v3/registered_limits': {
    body: {
      registered_limits: {
        service_id: string;
        region_id?: string | null;
        resource_name: string;
        default_limit: number;
        description?: string | null;
      }[];
    };
  };
  'GET /identity/v3/registered_limits/{registered_limit_id}': { path: { registered_limit_id: string } };
  'HEAD /identity/v3/registered_limits/{registered_limit_id}': { path: { registered_limit_id: string } };
  'PATCH /identity/v3/registered_limits/{registered_limit_id}': {
    path: { registered_limit_id: string };
    body: {
      registered_limit: {
        service_id?: string;
        region_id?: string | null;
        resource_name?: string;
        default_limit?: number;
        description?: string | null;
      };
    };
  };
  'DELETE /identity/v3/registered_limits/{registered_limit_id}': { path: { registered_limit_id: string } };
  'GET /identity/v3/role_assignments': object;
  'HEAD /identity/v3/role_assignments': object;
  'GET /identity/v3/role_inferences': object;
  'HEAD /identity/v3/role_inferences': object;
  'GET /identity/v3/roles': object;
  'HEAD /identity/v3/roles': object;
  'POST /identity/v3/roles': {
    body: {
      role: {
        description?: string | null;
        domain_id?: string | null;
        options?: { immutable?: boolean | null };
        name: string;
      };
    };
  };
  'GET /identity/v3/roles/{prior_role_id}/implies': { path: { prior_role_id: string } };
  'HEAD /identity/v3/roles/{prior_role_id}/implies': { path: { prior_role_id: string } };
  'GET /identity/v3/roles/{prior_role_id}/implies/{implied_role_id}': {
    path: { prior_role_id: string; implied_role_id: string };
  };
  'HEAD /identity/v3/roles/{prior_role_id}/implies/{implied_role_id}': {
    path: { prior_role_id: string; implied_role_id: string };
  };
  'PUT /identity/v3/roles/{prior_role_id}/implies/{implied_role_id}': {
    path: { prior_role_id: string; implied_role_id: string };
  };
  'DELETE /identity/v3/roles/{prior_role_id}/implies/{implied_role_id}': {
    path: { prior_role_id: string; implied_role_id: string };
  };
  'GET /identity/v3/roles/{role_id}': { path: { role_id: string } };
  'HEAD /identity/v3/roles/{role_id}': { path: { role_id: string } };
  'PATCH /identity/v3/roles/{role_id}': {
    path: { role_id: string };
    body: {
      role: {
        description?: string | null;
        domain_id?: string | null;
        options?: { immutable?: boolean | null };
        name?: string;
      };
    };
  };
  'DELETE /identity/v3/roles/{role_id}': { path: { role_id: string } };
  'POST /identity/v3/s3tokens': {
    body: {
      credentials?: {
        access?: string;
        signature?: string;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      credential?: {
        access?: string;
        signature?: string;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      ec2Credentials?: {
        access?: string;
        signature?: string;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
    };
  };
  'GET /identity/v3/services': object;
  'HEAD /identity/v3/services': object;
  'POST /identity/v3/services': {
    body: { service: { name?: string | null; description?: string | null; enabled?: boolean; type: string } };
  };
  'GET /identity/v3/services/{service_id}': { path: { service_id: string } };
  'HEAD /identity/v3/services/{service_id}': { path: { service_id: string } };
  'PATCH /identity/v3/services/{service_id}': {
    path: { service_id: string };
    body: { service: { name?: string | null; description?: string | null; enabled?: boolean; type?: string } };
  };
  'DELETE /identity/v3/services/{service_id}': { path: { service_id: string } };
  'GET /identity/v3/system/groups/{actor_id}/roles': { path: { actor_id: string } };
  'HEAD /identity/v3/system/groups/{actor_id}/roles': { path: { actor_id: string } };
  'GET /identity/v3/system/groups/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'HEAD /identity/v3/system/groups/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'PUT /identity/v3/system/groups/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'DELETE /identity/v3/system/groups/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'GET /identity/v3/system/users/{actor_id}/roles': { path: { actor_id: string } };
  'HEAD /identity/v3/system/users/{actor_id}/roles': { path: { actor_id: string } };
  'GET /identity/v3/system/users/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'HEAD /identity/v3/system/users/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'PUT /identity/v3/system/users/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'DELETE /identity/v3/system/users/{actor_id}/roles/{role_id}': { path: { actor_id: string; role_id: string } };
  'GET /identity/v3/users': object;
  'HEAD /identity/v3/users': object;
  'POST /identity/v3/users': {
    body: {
      user: {
        domain_id?: string;
        enabled?: boolean;
        default_project_id?: string | null;
        password?: string | null;
        options?: {
          ignore_change_password_upon_first_use?: boolean | null;
          ignore_password_expiry?: boolean | null;
          ignore_lockout_failure_attempts?: boolean | null;
          ignore_user_inactivity?: boolean | null;
          lock_password?: boolean | null;
          multi_factor_auth_enabled?: boolean | null;
          multi_factor_auth_rules?: string[][] | null;
        };
        description?: string | null;
        federated?: Record<string, unknown>[];
        name: string;
      };
    };
  };
  'GET /identity/v3/users/{user_id}': { path: { user_id: string } };
  'HEAD /identity/v3/users/{user_id}': { path: { user_id: string } };
  'PATCH /identity/v3/users/{user_id}': {
    path: { user_id: string };
    body: {
      user: {
        domain_id?: string;
        enabled?: boolean;
        default_project_id?: string | null;
        password?: string | null;
        options?: {
          ignore_change_password_upon_first_use?: boolean | null;
          ignore_password_expiry?: boolean | null;
          ignore_lockout_failure_attempts?: boolean | null;
          ignore_user_inactivity?: boolean | null;
          lock_password?: boolean | null;
          multi_factor_auth_enabled?: boolean | null;
          multi_factor_auth_rules?: string[][] | null;
        };
        description?: string | null;
        federated?: Record<string, unknown>[];
        name?: string;
      };
    };
  };
  'DELETE /identity/v3/users/{user_id}': { path: { user_id: string } };
  'GET /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens': { path: { user_id: string } };
  'HEAD /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens': { path: { user_id: string } };
  'GET /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}': {
    path: { user_id: string; access_token_id: string };
  };
  'HEAD /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}': {
    path: { user_id: string; access_token_id: string };
  };
  'DELETE /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}': {
    path: { user_id: string; access_token_id: string };
  };
  'GET /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles': {
    path: { user_id: string; access_token_id: string };
  };
  'HEAD /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles': {
    path: { user_id: string; access_token_id: string };
  };
  'GET /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles/{role_id}': {
    path: { user_id: string; access_token_id: string; role_id: string };
  };
  'HEAD /identity/v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles/{role_id}': {
    path: { user_id: string; access_token_id: string; role_id: string };
  };
  'GET /identity/v3/users/{user_id}/access_rules': { path: { user_id: string } };
  'HEAD /identity/v3/users/{user_id}/access_rules': { path: { user_id: string } };
  'GET /identity/v3/users/{user_id}/access_rules/{access_rule_id}': {
    path: { user_id: string; access_rule_id: string };
  };
  'HEAD /identity/v3/users/{user_id}/access_rules/{access_rule_id}': {
    path: { user_id: string; access_rule_id: string };
  };
  'DELETE /identity/v3/users/{user_id}/access_rules/{access_rule_id}': {
    path: { user_id: string; access_rule_id: string };
  };
  'GET /identity/v3/users/{user_id}/application_credentials': { path: { user_id: string } };
  'HEAD /identity/v3/users/{user_id}/application_credentials': { path: { user_id: string } };
  'POST /identity/v3/users/{user_id}/application_credentials': {
    path: { user_id: string };
    body: {
      application_credential: {
        name: string;
        id?: string;
        description?: string | null;
        secret?: string | null;
        expires_at?: string | null;
        project_id?: string;
        roles?: { id?: string; name?: string }[];
        unrestricted?: boolean | null;
        access_rules?: {
          id?: string;
          service?: string;
          method?: 'DELETE' | 'GET' | 'HEAD' | 'PATCH' | 'POST' | 'PUT';
          path?: string;
        }[];
        system?: string | null;
      };
    };
  };
  'GET /identity/v3/users/{user_id}/application_credentials/{application_credential_id}': {
    path: { user_id: string; application_credential_id: string };
  };
  'HEAD /identity/v3/users/{user_id}/application_credentials/{application_credential_id}': {
    path: { user_id: string; application_credential_id: string };
  };
  'DELETE /identity/v3/users/{user_id}/application_credentials/{application_credential_id}': {
    path: { user_id: string; application_credential_id: string };
  };
  'GET /identity/v3/users/{user_id}/credentials/OS-EC2': { path: { user_id: string } };
  'HEAD /identity/v3/users/{user_id}/credentials/OS-EC2': { path: { user_id: string } };
  'POST /identity/v3/users/{user_id}/credentials/OS-EC2': { path: { user_id: string }; body: { tenant_id: string } };
  'GET /identity/v3/users/{user_id}/credentials/OS-EC2/{credential_id}': {
    path: { user_id: string; credential_id: string };
  };
  'HEAD /identity/v3/users/{user_id}/credentials/OS-EC2/{credential_id}': {
    path: { user_id: string; credential_id: string };
  };
  'DELETE /identity/v3/users/{user_id}/credentials/OS-EC2/{credential_id}': {
    path: { user_id: string; credential_id: string };
  };
  'GET /identity/v3/users/{user_id}/groups': { path: { user_id: string } };
  'HEAD /identity/v3/users/{user_id}/groups': { path: { user_id: string } };
  'POST /identity/v3/users/{user_id}/password': {
    path: { user_id: string };
    body: { user: { original_password: string; password: string } };
  };
  'GET /identity/v3/users/{user_id}/projects': { path: { user_id: string } };
  'HEAD /identity/v3/users/{user_id}/projects': { path: { user_id: string } };
}
