// Made of docs/openapi/network.json by: ./potluck openapi --write

export interface NetworkRequests {
  'GET /network': object;
  'GET /network/v2.0': object;
  'GET /network/v2.0/address-groups': object;
  'POST /network/v2.0/address-groups': {
    body: {
      address_group?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        addresses?: string[];
      };
      address_groups?: (
        | { name?: string; description?: string; project_id?: string; tenant_id?: string; addresses?: string[] }
        | {
            address_group: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              addresses?: string[];
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/address-groups/{id}': { path: { id: string } };
  'DELETE /network/v2.0/address-groups/{id}': { path: { id: string } };
  'PUT /network/v2.0/address-groups/{id}': {
    path: { id: string };
    body: { address_group: { name?: string; description?: string } };
  };
  'PUT /network/v2.0/address-groups/{id}/add_addresses': {
    path: { id: string };
    body: { addresses: string[] } | { address_group: { addresses: string[] } };
  };
  'PUT /network/v2.0/address-groups/{id}/remove_addresses': {
    path: { id: string };
    body: { addresses: string[] } | { address_group: { addresses: string[] } };
  };
  'GET /network/v2.0/address-scopes': object;
  'POST /network/v2.0/address-scopes': {
    body: {
      address_scope?: {
        name?: string;
        project_id?: string;
        tenant_id?: string;
        ip_version: number | string;
        shared?: boolean | string | 0 | 1;
      };
      address_scopes?: (
        | {
            name?: string;
            project_id?: string;
            tenant_id?: string;
            ip_version: number | string;
            shared?: boolean | string | 0 | 1;
          }
        | {
            address_scope: {
              name?: string;
              project_id?: string;
              tenant_id?: string;
              ip_version: number | string;
              shared?: boolean | string | 0 | 1;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/address-scopes/{id}': { path: { id: string } };
  'DELETE /network/v2.0/address-scopes/{id}': { path: { id: string } };
  'PUT /network/v2.0/address-scopes/{id}': {
    path: { id: string };
    body: { address_scope: { name?: string; shared?: boolean | string | 0 | 1 } };
  };
  'GET /network/v2.0/agents': object;
  'GET /network/v2.0/agents/{id}': { path: { id: string } };
  'PUT /network/v2.0/agents/{id}': {
    path: { id: string };
    body: { agent: { description?: string; admin_state_up?: boolean | string | 0 | 1 } };
  };
  'DELETE /network/v2.0/agents/{id}': { path: { id: string } };
  'GET /network/v2.0/auto-allocated-topology/{project_id}': { path: { project_id: string } };
  'DELETE /network/v2.0/auto-allocated-topology/{project_id}': { path: { project_id: string } };
  'GET /network/v2.0/availability_zones': object;
  'GET /network/v2.0/default-security-group-rules': object;
  'POST /network/v2.0/default-security-group-rules': {
    body: {
      default_security_group_rule?: {
        description?: string;
        direction: 'ingress' | 'egress';
        ethertype?: string | null;
        protocol?: string | number | null;
        port_range_min?: number | string | null;
        port_range_max?: number | string | null;
        remote_ip_prefix?: string | null;
        remote_group_id?: string | null;
        remote_address_group_id?: string | null;
        used_in_default_sg?: boolean | string | 0 | 1;
        used_in_non_default_sg?: boolean | string | 0 | 1;
        project_id?: string;
        tenant_id?: string;
      };
      default_security_group_rules?: (
        | {
            description?: string;
            direction: 'ingress' | 'egress';
            ethertype?: string | null;
            protocol?: string | number | null;
            port_range_min?: number | string | null;
            port_range_max?: number | string | null;
            remote_ip_prefix?: string | null;
            remote_group_id?: string | null;
            remote_address_group_id?: string | null;
            used_in_default_sg?: boolean | string | 0 | 1;
            used_in_non_default_sg?: boolean | string | 0 | 1;
            project_id?: string;
            tenant_id?: string;
          }
        | {
            default_security_group_rule: {
              description?: string;
              direction: 'ingress' | 'egress';
              ethertype?: string | null;
              protocol?: string | number | null;
              port_range_min?: number | string | null;
              port_range_max?: number | string | null;
              remote_ip_prefix?: string | null;
              remote_group_id?: string | null;
              remote_address_group_id?: string | null;
              used_in_default_sg?: boolean | string | 0 | 1;
              used_in_non_default_sg?: boolean | string | 0 | 1;
              project_id?: string;
              tenant_id?: string;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/default-security-group-rules/{id}': { path: { id: string } };
  'DELETE /network/v2.0/default-security-group-rules/{id}': { path: { id: string } };
  'GET /network/v2.0/extensions': object;
  'GET /network/v2.0/extensions/{alias}': { path: { alias: string } };
  'GET /network/v2.0/floatingip-pools': object;
  'GET /network/v2.0/floatingip_pools': object;
  'GET /network/v2.0/floatingips': object;
  'POST /network/v2.0/floatingips': {
    body: {
      floatingip?: {
        description?: string;
        project_id?: string;
        tenant_id?: string;
        port_id?: string | null;
        fixed_ip_address?: string | null;
        qos_policy_id?: string | null;
        floating_network_id: string;
        subnet_id?: string | null;
        floating_ip_address?: string | null;
        dns_name?: string | null;
        dns_domain?: string | null;
      };
      floatingips?: (
        | {
            description?: string;
            project_id?: string;
            tenant_id?: string;
            port_id?: string | null;
            fixed_ip_address?: string | null;
            qos_policy_id?: string | null;
            floating_network_id: string;
            subnet_id?: string | null;
            floating_ip_address?: string | null;
            dns_name?: string | null;
            dns_domain?: string | null;
          }
        | {
            floatingip: {
              description?: string;
              project_id?: string;
              tenant_id?: string;
              port_id?: string | null;
              fixed_ip_address?: string | null;
              qos_policy_id?: string | null;
              floating_network_id: string;
              subnet_id?: string | null;
              floating_ip_address?: string | null;
              dns_name?: string | null;
              dns_domain?: string | null;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/floatingips/{floatingip_id}/port_forwardings': { path: { floatingip_id: string } };
  'POST /network/v2.0/floatingips/{floatingip_id}/port_forwardings': {
    path: { floatingip_id: string };
    body: {
      port_forwarding: {
        protocol?: 'tcp' | 'udp' | 'sctp';
        external_port?: number | string;
        external_port_range?: string;
        internal_port?: number | string;
        internal_port_range?: string;
        internal_port_id?: string;
        internal_ip_address?: string;
        description?: string;
      };
    };
  };
  'GET /network/v2.0/floatingips/{floatingip_id}/port_forwardings/{id}': {
    path: { floatingip_id: string; id: string };
  };
  'PUT /network/v2.0/floatingips/{floatingip_id}/port_forwardings/{id}': {
    path: { floatingip_id: string; id: string };
    body: {
      port_forwarding: {
        protocol?: 'tcp' | 'udp' | 'sctp';
        external_port?: number | string;
        external_port_range?: string;
        internal_port?: number | string;
        internal_port_range?: string;
        internal_port_id?: string;
        internal_ip_address?: string;
        description?: string;
      };
    };
  };
  'DELETE /network/v2.0/floatingips/{floatingip_id}/port_forwardings/{id}': {
    path: { floatingip_id: string; id: string };
  };
  'GET /network/v2.0/floatingips/{id}': { path: { id: string } };
  'DELETE /network/v2.0/floatingips/{id}': { path: { id: string } };
  'PUT /network/v2.0/floatingips/{id}': {
    path: { id: string };
    body: {
      floatingip: {
        description?: string;
        port_id?: string | null;
        fixed_ip_address?: string | null;
        qos_policy_id?: string | null;
      };
    };
  };
  'GET /network/v2.0/floatingips/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/floatingips/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/floatingips/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/floatingips/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/floatingips/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/floatingips/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/network-ip-availabilities': {
    query?: {
      network_id?: string | string[];
      network_name?: string | string[];
      project_id?: string | string[];
      tenant_id?: string | string[];
      ip_version?: string | string[];
      fields?: string | string[];
    };
  };
  'GET /network/v2.0/network-ip-availabilities/{id}': { path: { id: string } };
  'GET /network/v2.0/networks': object;
  'POST /network/v2.0/networks': {
    body: {
      network?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        admin_state_up?: boolean | string | 0 | 1;
        shared?: boolean | string | 0 | 1;
        'router:external'?: boolean | string | 0 | 1;
        is_default?: boolean | string | 0 | 1;
        port_security_enabled?: boolean | string | 0 | 1;
        mtu?: number | string | null;
        dns_domain?: string | null;
        qos_policy_id?: string | null;
        'provider:network_type'?: string | null;
        'provider:physical_network'?: string | null;
        'provider:segmentation_id'?: number | string | null;
        segments?: {
          'provider:network_type'?: string | null;
          'provider:physical_network'?: string | null;
          'provider:segmentation_id'?: number | string | null;
        }[];
        availability_zone_hints?: string[];
      };
      networks?: (
        | {
            name?: string;
            description?: string;
            project_id?: string;
            tenant_id?: string;
            admin_state_up?: boolean | string | 0 | 1;
            shared?: boolean | string | 0 | 1;
            'router:external'?: boolean | string | 0 | 1;
            is_default?: boolean | string | 0 | 1;
            port_security_enabled?: boolean | string | 0 | 1;
            mtu?: number | string | null;
            dns_domain?: string | null;
            qos_policy_id?: string | null;
            'provider:network_type'?: string | null;
            'provider:physical_network'?: string | null;
            'provider:segmentation_id'?: number | string | null;
            segments?: {
              'provider:network_type'?: string | null;
              'provider:physical_network'?: string | null;
              'provider:segmentation_id'?: number | string | null;
            }[];
            availability_zone_hints?: string[];
          }
        | {
            network: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              admin_state_up?: boolean | string | 0 | 1;
              shared?: boolean | string | 0 | 1;
              'router:external'?: boolean | string | 0 | 1;
              is_default?: boolean | string | 0 | 1;
              port_security_enabled?: boolean | string | 0 | 1;
              mtu?: number | string | null;
              dns_domain?: string | null;
              qos_policy_id?: string | null;
              'provider:network_type'?: string | null;
              'provider:physical_network'?: string | null;
              'provider:segmentation_id'?: number | string | null;
              segments?: {
                'provider:network_type'?: string | null;
                'provider:physical_network'?: string | null;
                'provider:segmentation_id'?: number | string | null;
              }[];
              availability_zone_hints?: string[];
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/networks/{id}': { path: { id: string } };
  'DELETE /network/v2.0/networks/{id}': { path: { id: string } };
  'PUT /network/v2.0/networks/{id}': {
    path: { id: string };
    body: {
      network: {
        name?: string;
        description?: string;
        admin_state_up?: boolean | string | 0 | 1;
        shared?: boolean | string | 0 | 1;
        'router:external'?: boolean | string | 0 | 1;
        is_default?: boolean | string | 0 | 1;
        port_security_enabled?: boolean | string | 0 | 1;
        mtu?: number | string | null;
        dns_domain?: string | null;
        qos_policy_id?: string | null;
      };
    };
  };
  'GET /network/v2.0/networks/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/networks/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/networks/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/networks/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/networks/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/networks/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/policies/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/policies/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/policies/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/policies/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/policies/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/policies/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/ports': object;
  'POST /network/v2.0/ports': {
    body: {
      port?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        admin_state_up?: boolean | string | 0 | 1;
        device_id?: string | null;
        device_owner?: string | null;
        fixed_ips?: { subnet_id?: string; ip_address?: string }[] | null;
        security_groups?: string[] | null;
        mac_address?: string | null;
        port_security_enabled?: boolean | string | 0 | 1;
        allowed_address_pairs?: { ip_address: string; mac_address?: string | null }[] | null;
        extra_dhcp_opts?: { opt_name: string; opt_value?: string | null; ip_version?: number | string }[] | null;
        'binding:host_id'?: string | null;
        'binding:profile'?: Record<string, unknown> | null;
        'binding:vnic_type'?: 'normal';
        dns_name?: string | null;
        dns_domain?: string | null;
        qos_policy_id?: string | null;
        network_id: string;
      };
      ports?: (
        | {
            name?: string;
            description?: string;
            project_id?: string;
            tenant_id?: string;
            admin_state_up?: boolean | string | 0 | 1;
            device_id?: string | null;
            device_owner?: string | null;
            fixed_ips?: { subnet_id?: string; ip_address?: string }[] | null;
            security_groups?: string[] | null;
            mac_address?: string | null;
            port_security_enabled?: boolean | string | 0 | 1;
            allowed_address_pairs?: { ip_address: string; mac_address?: string | null }[] | null;
            extra_dhcp_opts?: { opt_name: string; opt_value?: string | null; ip_version?: number | string }[] | null;
            'binding:host_id'?: string | null;
            'binding:profile'?: Record<string, unknown> | null;
            'binding:vnic_type'?: 'normal';
            dns_name?: string | null;
            dns_domain?: string | null;
            qos_policy_id?: string | null;
            network_id: string;
          }
        | {
            port: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              admin_state_up?: boolean | string | 0 | 1;
              device_id?: string | null;
              device_owner?: string | null;
              fixed_ips?: { subnet_id?: string; ip_address?: string }[] | null;
              security_groups?: string[] | null;
              mac_address?: string | null;
              port_security_enabled?: boolean | string | 0 | 1;
              allowed_address_pairs?: { ip_address: string; mac_address?: string | null }[] | null;
              extra_dhcp_opts?: { opt_name: string; opt_value?: string | null; ip_version?: number | string }[] | null;
              'binding:host_id'?: string | null;
              'binding:profile'?: Record<string, unknown> | null;
              'binding:vnic_type'?: 'normal';
              dns_name?: string | null;
              dns_domain?: string | null;
              qos_policy_id?: string | null;
              network_id: string;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/ports/{id}': { path: { id: string } };
  'DELETE /network/v2.0/ports/{id}': { path: { id: string } };
  'PUT /network/v2.0/ports/{id}': {
    path: { id: string };
    body: {
      port: {
        name?: string;
        description?: string;
        admin_state_up?: boolean | string | 0 | 1;
        device_id?: string | null;
        device_owner?: string | null;
        fixed_ips?: { subnet_id?: string; ip_address?: string }[] | null;
        security_groups?: string[] | null;
        mac_address?: string | null;
        port_security_enabled?: boolean | string | 0 | 1;
        allowed_address_pairs?: { ip_address: string; mac_address?: string | null }[] | null;
        extra_dhcp_opts?: { opt_name: string; opt_value?: string | null; ip_version?: number | string }[] | null;
        'binding:host_id'?: string | null;
        'binding:profile'?: Record<string, unknown> | null;
        'binding:vnic_type'?: 'normal';
        dns_name?: string | null;
        dns_domain?: string | null;
        qos_policy_id?: string | null;
      };
    };
  };
  'GET /network/v2.0/ports/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/ports/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/ports/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/ports/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/ports/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/ports/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/qos/alias_bandwidth_limit_rules/{id}': { path: { id: string } };
  'PUT /network/v2.0/qos/alias_bandwidth_limit_rules/{id}': {
    path: { id: string };
    body: {
      alias_bandwidth_limit_rule: {
        max_kbps?: number | string;
        max_burst_kbps?: number | string;
        direction?: 'ingress' | 'egress';
      };
    };
  };
  'DELETE /network/v2.0/qos/alias_bandwidth_limit_rules/{id}': { path: { id: string } };
  'GET /network/v2.0/qos/alias_dscp_marking_rules/{id}': { path: { id: string } };
  'PUT /network/v2.0/qos/alias_dscp_marking_rules/{id}': {
    path: { id: string };
    body: { alias_dscp_marking_rule: { dscp_mark?: number | string } };
  };
  'DELETE /network/v2.0/qos/alias_dscp_marking_rules/{id}': { path: { id: string } };
  'GET /network/v2.0/qos/alias_minimum_bandwidth_rules/{id}': { path: { id: string } };
  'PUT /network/v2.0/qos/alias_minimum_bandwidth_rules/{id}': {
    path: { id: string };
    body: { alias_minimum_bandwidth_rule: { min_kbps?: number | string; direction?: 'ingress' | 'egress' } };
  };
  'DELETE /network/v2.0/qos/alias_minimum_bandwidth_rules/{id}': { path: { id: string } };
  'GET /network/v2.0/qos/policies': object;
  'POST /network/v2.0/qos/policies': {
    body: {
      policy?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        shared?: boolean | string | 0 | 1;
        is_default?: boolean | string | 0 | 1;
      };
      policies?: (
        | {
            name?: string;
            description?: string;
            project_id?: string;
            tenant_id?: string;
            shared?: boolean | string | 0 | 1;
            is_default?: boolean | string | 0 | 1;
          }
        | {
            policy: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              shared?: boolean | string | 0 | 1;
              is_default?: boolean | string | 0 | 1;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/qos/policies/{id}': { path: { id: string } };
  'DELETE /network/v2.0/qos/policies/{id}': { path: { id: string } };
  'PUT /network/v2.0/qos/policies/{id}': {
    path: { id: string };
    body: {
      policy: {
        name?: string;
        description?: string;
        shared?: boolean | string | 0 | 1;
        is_default?: boolean | string | 0 | 1;
      };
    };
  };
  'GET /network/v2.0/qos/policies/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/qos/policies/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/qos/policies/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/qos/policies/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/qos/policies/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/qos/policies/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/qos/policies/{policy_id}/bandwidth_limit_rules': { path: { policy_id: string } };
  'POST /network/v2.0/qos/policies/{policy_id}/bandwidth_limit_rules': {
    path: { policy_id: string };
    body: {
      bandwidth_limit_rule: {
        max_kbps?: number | string;
        max_burst_kbps?: number | string;
        direction?: 'ingress' | 'egress';
      };
    };
  };
  'GET /network/v2.0/qos/policies/{policy_id}/bandwidth_limit_rules/{id}': { path: { policy_id: string; id: string } };
  'PUT /network/v2.0/qos/policies/{policy_id}/bandwidth_limit_rules/{id}': {
    path: { policy_id: string; id: string };
    body: {
      bandwidth_limit_rule: {
        max_kbps?: number | string;
        max_burst_kbps?: number | string;
        direction?: 'ingress' | 'egress';
      };
    };
  };
  'DELETE /network/v2.0/qos/policies/{policy_id}/bandwidth_limit_rules/{id}': {
    path: { policy_id: string; id: string };
  };
  'GET /network/v2.0/qos/policies/{policy_id}/dscp_marking_rules': { path: { policy_id: string } };
  'POST /network/v2.0/qos/policies/{policy_id}/dscp_marking_rules': {
    path: { policy_id: string };
    body: { dscp_marking_rule: { dscp_mark?: number | string } };
  };
  'GET /network/v2.0/qos/policies/{policy_id}/dscp_marking_rules/{id}': { path: { policy_id: string; id: string } };
  'PUT /network/v2.0/qos/policies/{policy_id}/dscp_marking_rules/{id}': {
    path: { policy_id: string; id: string };
    body: { dscp_marking_rule: { dscp_mark?: number | string } };
  };
  'DELETE /network/v2.0/qos/policies/{policy_id}/dscp_marking_rules/{id}': { path: { policy_id: string; id: string } };
  'GET /network/v2.0/qos/policies/{policy_id}/minimum_bandwidth_rules': { path: { policy_id: string } };
  'POST /network/v2.0/qos/policies/{policy_id}/minimum_bandwidth_rules': {
    path: { policy_id: string };
    body: { minimum_bandwidth_rule: { min_kbps?: number | string; direction?: 'ingress' | 'egress' } };
  };
  'GET /network/v2.0/qos/policies/{policy_id}/minimum_bandwidth_rules/{id}': {
    path: { policy_id: string; id: string };
  };
  'PUT /network/v2.0/qos/policies/{policy_id}/minimum_bandwidth_rules/{id}': {
    path: { policy_id: string; id: string };
    body: { minimum_bandwidth_rule: { min_kbps?: number | string; direction?: 'ingress' | 'egress' } };
  };
  'DELETE /network/v2.0/qos/policies/{policy_id}/minimum_bandwidth_rules/{id}': {
    path: { policy_id: string; id: string };
  };
  'GET /network/v2.0/qos/rule-types': object;
  'GET /network/v2.0/qos/rule-types/{type}': { path: { type: string } };
  'GET /network/v2.0/quotas': object;
  'GET /network/v2.0/quotas/{project_id}': { path: { project_id: string } };
  'PUT /network/v2.0/quotas/{project_id}': {
    path: { project_id: string };
    body: {
      quota: {
        network?: number | string;
        subnet?: number | string;
        subnetpool?: number | string;
        port?: number | string;
        router?: number | string;
        floatingip?: number | string;
        security_group?: number | string;
        security_group_rule?: number | string;
        rbac_policy?: number | string;
        check_limit?: boolean | string | 0 | 1;
        force?: boolean | string | 0 | 1;
        tenant_id?: string;
        project_id?: string;
      };
    };
  };
  'DELETE /network/v2.0/quotas/{project_id}': { path: { project_id: string } };
  'GET /network/v2.0/quotas/{project_id}/default': { path: { project_id: string } };
  'GET /network/v2.0/quotas/{project_id}/details': { path: { project_id: string } };
  'GET /network/v2.0/quotas/{project_id}/details.json': { path: { project_id: string } };
  'GET /network/v2.0/rbac-policies': object;
  'POST /network/v2.0/rbac-policies': {
    body: {
      rbac_policy?: {
        object_type: string;
        object_id: string;
        action: string;
        target_tenant: string;
        project_id?: string;
        tenant_id?: string;
      };
      rbac_policies?: (
        | {
            object_type: string;
            object_id: string;
            action: string;
            target_tenant: string;
            project_id?: string;
            tenant_id?: string;
          }
        | {
            rbac_policy: {
              object_type: string;
              object_id: string;
              action: string;
              target_tenant: string;
              project_id?: string;
              tenant_id?: string;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/rbac-policies/{id}': { path: { id: string } };
  'DELETE /network/v2.0/rbac-policies/{id}': { path: { id: string } };
  'PUT /network/v2.0/rbac-policies/{id}': { path: { id: string }; body: { rbac_policy: { target_tenant?: string } } };
  'GET /network/v2.0/routers': object;
  'POST /network/v2.0/routers': {
    body: {
      router?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        admin_state_up?: boolean | string | 0 | 1;
        external_gateway_info?: {
          network_id?: string;
          enable_snat?: boolean | string | 0 | 1;
          qos_policy_id?: string | null;
          external_fixed_ips?: { subnet_id?: string; ip_address?: string }[];
        } | null;
        distributed?: boolean | string | 0 | 1 | null;
        ha?: boolean | string | 0 | 1 | null;
        availability_zone_hints?: string[];
      };
      routers?: (
        | {
            name?: string;
            description?: string;
            project_id?: string;
            tenant_id?: string;
            admin_state_up?: boolean | string | 0 | 1;
            external_gateway_info?: {
              network_id?: string;
              enable_snat?: boolean | string | 0 | 1;
              qos_policy_id?: string | null;
              external_fixed_ips?: { subnet_id?: string; ip_address?: string }[];
            } | null;
            distributed?: boolean | string | 0 | 1 | null;
            ha?: boolean | string | 0 | 1 | null;
            availability_zone_hints?: string[];
          }
        | {
            router: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              admin_state_up?: boolean | string | 0 | 1;
              external_gateway_info?: {
                network_id?: string;
                enable_snat?: boolean | string | 0 | 1;
                qos_policy_id?: string | null;
                external_fixed_ips?: { subnet_id?: string; ip_address?: string }[];
              } | null;
              distributed?: boolean | string | 0 | 1 | null;
              ha?: boolean | string | 0 | 1 | null;
              availability_zone_hints?: string[];
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/routers/{id}': { path: { id: string } };
  'DELETE /network/v2.0/routers/{id}': { path: { id: string } };
  'PUT /network/v2.0/routers/{id}': {
    path: { id: string };
    body: {
      router: {
        name?: string;
        description?: string;
        admin_state_up?: boolean | string | 0 | 1;
        external_gateway_info?: {
          network_id?: string;
          enable_snat?: boolean | string | 0 | 1;
          qos_policy_id?: string | null;
          external_fixed_ips?: { subnet_id?: string; ip_address?: string }[];
        } | null;
        distributed?: boolean | string | 0 | 1 | null;
        ha?: boolean | string | 0 | 1 | null;
        routes?: { destination: string; nexthop: string }[] | null;
      };
    };
  };
  'PUT /network/v2.0/routers/{id}/add_extraroutes': {
    path: { id: string };
    body: { router: { routes: { destination: string; nexthop: string }[] } };
  };
  'PUT /network/v2.0/routers/{id}/add_router_interface': {
    path: { id: string };
    body: { subnet_id?: string; port_id?: string };
  };
  'PUT /network/v2.0/routers/{id}/remove_extraroutes': {
    path: { id: string };
    body: { router: { routes: { destination: string; nexthop: string }[] } };
  };
  'PUT /network/v2.0/routers/{id}/remove_router_interface': {
    path: { id: string };
    body: { subnet_id?: string; port_id?: string };
  };
  'GET /network/v2.0/routers/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/routers/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/routers/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/routers/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/routers/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/routers/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/security-group-rules': object;
  'POST /network/v2.0/security-group-rules': {
    body: {
      security_group_rule?: {
        description?: string;
        project_id?: string;
        tenant_id?: string;
        security_group_id: string;
        direction: 'ingress' | 'egress';
        ethertype?: string | null;
        protocol?: string | number | null;
        port_range_min?: number | string | null;
        port_range_max?: number | string | null;
        remote_ip_prefix?: string | null;
        remote_group_id?: string | null;
        remote_address_group_id?: string | null;
      };
      security_group_rules?: (
        | {
            description?: string;
            project_id?: string;
            tenant_id?: string;
            security_group_id: string;
            direction: 'ingress' | 'egress';
            ethertype?: string | null;
            protocol?: string | number | null;
            port_range_min?: number | string | null;
            port_range_max?: number | string | null;
            remote_ip_prefix?: string | null;
            remote_group_id?: string | null;
            remote_address_group_id?: string | null;
          }
        | {
            security_group_rule: {
              description?: string;
              project_id?: string;
              tenant_id?: string;
              security_group_id: string;
              direction: 'ingress' | 'egress';
              ethertype?: string | null;
              protocol?: string | number | null;
              port_range_min?: number | string | null;
              port_range_max?: number | string | null;
              remote_ip_prefix?: string | null;
              remote_group_id?: string | null;
              remote_address_group_id?: string | null;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/security-group-rules/{id}': { path: { id: string } };
  'DELETE /network/v2.0/security-group-rules/{id}': { path: { id: string } };
  'GET /network/v2.0/security-group-rules/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/security-group-rules/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/security-group-rules/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/security-group-rules/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/security-group-rules/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/security-group-rules/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/security-groups': object;
  'POST /network/v2.0/security-groups': {
    body: {
      security_group?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        stateful?: boolean | string | 0 | 1;
      };
      security_groups?: (
        | {
            name?: string;
            description?: string;
            project_id?: string;
            tenant_id?: string;
            stateful?: boolean | string | 0 | 1;
          }
        | {
            security_group: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              stateful?: boolean | string | 0 | 1;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/security-groups/{id}': { path: { id: string } };
  'DELETE /network/v2.0/security-groups/{id}': { path: { id: string } };
  'PUT /network/v2.0/security-groups/{id}': {
    path: { id: string };
    body: { security_group: { name?: string; description?: string; stateful?: boolean | string | 0 | 1 } };
  };
  'GET /network/v2.0/security-groups/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/security-groups/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/security-groups/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/security-groups/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/security-groups/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/security-groups/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/segments': object;
  'POST /network/v2.0/segments': {
    body: {
      segment?: {
        network_id: string;
        network_type: string;
        physical_network?: string | null;
        segmentation_id?: number | string | null;
        name?: string | null;
        description?: string | null;
      };
      segments?: (
        | {
            network_id: string;
            network_type: string;
            physical_network?: string | null;
            segmentation_id?: number | string | null;
            name?: string | null;
            description?: string | null;
          }
        | {
            segment: {
              network_id: string;
              network_type: string;
              physical_network?: string | null;
              segmentation_id?: number | string | null;
              name?: string | null;
              description?: string | null;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/segments/{id}': { path: { id: string } };
  'DELETE /network/v2.0/segments/{id}': { path: { id: string } };
  'PUT /network/v2.0/segments/{id}': {
    path: { id: string };
    body: { segment: { name?: string | null; description?: string } };
  };
  'GET /network/v2.0/service-providers': object;
  'GET /network/v2.0/subnetpools': object;
  'POST /network/v2.0/subnetpools': {
    body: {
      subnetpool?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        prefixes?: string[];
        default_prefixlen?: number | string;
        min_prefixlen?: number | string;
        max_prefixlen?: number | string;
        default_quota?: number | string | null;
        is_default?: boolean | string | 0 | 1;
        address_scope_id?: string | null;
        shared?: boolean | string | 0 | 1;
      };
      subnetpools?: (
        | {
            name?: string;
            description?: string;
            project_id?: string;
            tenant_id?: string;
            prefixes?: string[];
            default_prefixlen?: number | string;
            min_prefixlen?: number | string;
            max_prefixlen?: number | string;
            default_quota?: number | string | null;
            is_default?: boolean | string | 0 | 1;
            address_scope_id?: string | null;
            shared?: boolean | string | 0 | 1;
          }
        | {
            subnetpool: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              prefixes?: string[];
              default_prefixlen?: number | string;
              min_prefixlen?: number | string;
              max_prefixlen?: number | string;
              default_quota?: number | string | null;
              is_default?: boolean | string | 0 | 1;
              address_scope_id?: string | null;
              shared?: boolean | string | 0 | 1;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/subnetpools/{id}': { path: { id: string } };
  'DELETE /network/v2.0/subnetpools/{id}': { path: { id: string } };
  'PUT /network/v2.0/subnetpools/{id}': {
    path: { id: string };
    body: {
      subnetpool: {
        name?: string;
        description?: string;
        prefixes?: string[];
        default_prefixlen?: number | string;
        min_prefixlen?: number | string;
        max_prefixlen?: number | string;
        default_quota?: number | string | null;
        is_default?: boolean | string | 0 | 1;
        address_scope_id?: string | null;
      };
    };
  };
  'PUT /network/v2.0/subnetpools/{id}/add_prefixes': { path: { id: string }; body: { prefixes: string[] } };
  'PUT /network/v2.0/subnetpools/{id}/onboard_network_subnets': { path: { id: string }; body: { network_id: string } };
  'PUT /network/v2.0/subnetpools/{id}/remove_prefixes': { path: { id: string }; body: { prefixes: string[] } };
  'GET /network/v2.0/subnetpools/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/subnetpools/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/subnetpools/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/subnetpools/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/subnetpools/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/subnetpools/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'GET /network/v2.0/subnets': object;
  'POST /network/v2.0/subnets': {
    body: {
      subnet?: {
        name?: string;
        description?: string;
        project_id?: string;
        tenant_id?: string;
        gateway_ip?: string | null;
        allocation_pools?: { start: string; end: string }[] | null;
        dns_nameservers?: string[] | null;
        host_routes?: { destination: string; nexthop: string }[] | null;
        enable_dhcp?: boolean | string | 0 | 1;
        dns_publish_fixed_ip?: boolean | string | 0 | 1;
        service_types?: string[];
        segment_id?: string | null;
        network_id: string;
        ip_version?: number | string;
        cidr?: string | null;
        subnetpool_id?: string | null;
        use_default_subnetpool?: boolean | string | 0 | 1;
        prefixlen?: number | string;
        ipv6_ra_mode?: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null;
        ipv6_address_mode?: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null;
      };
      subnets?: (
        | {
            name?: string;
            description?: string;
            project_id?: string;
            tenant_id?: string;
            gateway_ip?: string | null;
            allocation_pools?: { start: string; end: string }[] | null;
            dns_nameservers?: string[] | null;
            host_routes?: { destination: string; nexthop: string }[] | null;
            enable_dhcp?: boolean | string | 0 | 1;
            dns_publish_fixed_ip?: boolean | string | 0 | 1;
            service_types?: string[];
            segment_id?: string | null;
            network_id: string;
            ip_version?: number | string;
            cidr?: string | null;
            subnetpool_id?: string | null;
            use_default_subnetpool?: boolean | string | 0 | 1;
            prefixlen?: number | string;
            ipv6_ra_mode?: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null;
            ipv6_address_mode?: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null;
          }
        | {
            subnet: {
              name?: string;
              description?: string;
              project_id?: string;
              tenant_id?: string;
              gateway_ip?: string | null;
              allocation_pools?: { start: string; end: string }[] | null;
              dns_nameservers?: string[] | null;
              host_routes?: { destination: string; nexthop: string }[] | null;
              enable_dhcp?: boolean | string | 0 | 1;
              dns_publish_fixed_ip?: boolean | string | 0 | 1;
              service_types?: string[];
              segment_id?: string | null;
              network_id: string;
              ip_version?: number | string;
              cidr?: string | null;
              subnetpool_id?: string | null;
              use_default_subnetpool?: boolean | string | 0 | 1;
              prefixlen?: number | string;
              ipv6_ra_mode?: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null;
              ipv6_address_mode?: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null;
            };
          }
      )[];
    };
  };
  'GET /network/v2.0/subnets/{id}': { path: { id: string } };
  'DELETE /network/v2.0/subnets/{id}': { path: { id: string } };
  'PUT /network/v2.0/subnets/{id}': {
    path: { id: string };
    body: {
      subnet: {
        name?: string;
        description?: string;
        gateway_ip?: string | null;
        allocation_pools?: { start: string; end: string }[] | null;
        dns_nameservers?: string[] | null;
        host_routes?: { destination: string; nexthop: string }[] | null;
        enable_dhcp?: boolean | string | 0 | 1;
        dns_publish_fixed_ip?: boolean | string | 0 | 1;
        service_types?: string[];
        segment_id?: string | null;
      };
    };
  };
  'GET /network/v2.0/subnets/{id}/tags': { path: { id: string } };
  'PUT /network/v2.0/subnets/{id}/tags': { path: { id: string }; body: { tags: string[] } };
  'DELETE /network/v2.0/subnets/{id}/tags': { path: { id: string } };
  'GET /network/v2.0/subnets/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'PUT /network/v2.0/subnets/{id}/tags/{tag}': { path: { id: string; tag: string } };
  'DELETE /network/v2.0/subnets/{id}/tags/{tag}': { path: { id: string; tag: string } };
}
