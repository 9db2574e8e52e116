// Made of docs/openapi/compute.json by: ./potluck openapi --write

export interface ComputeRequests {
  'GET /compute': object;
  'GET /compute/v2': object;
  'GET /compute/v2.1': object;
  'GET /compute/v2.1/extensions': object;
  'GET /compute/v2.1/extensions/{alias}': { path: { alias: string } };
  'GET /compute/v2.1/flavors': {
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: string;
      sort_dir?: string;
      is_public?: string;
      minDisk?: string;
      minRam?: string;
    };
  };
  'POST /compute/v2.1/flavors': {
    body: {
      flavor: {
        name: string;
        id?: string | number | null;
        ram: number | string;
        vcpus: number | string;
        disk: number | string;
        swap?: number | string;
        'OS-FLV-EXT-DATA:ephemeral'?: number | string;
        rxtx_factor?: number | string;
        'os-flavor-access:is_public'?: boolean | string;
        description?: string | null;
      };
    };
  };
  'GET /compute/v2.1/flavors/detail': {
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: string;
      sort_dir?: string;
      is_public?: string;
      minDisk?: string;
      minRam?: string;
    };
  };
  'GET /compute/v2.1/flavors/{flavor_id}': { path: { flavor_id: string } };
  'PUT /compute/v2.1/flavors/{flavor_id}': {
    path: { flavor_id: string };
    body: { flavor: { description: string | null } };
  };
  'DELETE /compute/v2.1/flavors/{flavor_id}': { path: { flavor_id: string } };
  'POST /compute/v2.1/flavors/{flavor_id}/action': {
    path: { flavor_id: string };
    body: { addTenantAccess: { tenant: string } } | { removeTenantAccess: { tenant: string } };
  };
  'GET /compute/v2.1/flavors/{flavor_id}/os-extra_specs': { path: { flavor_id: string } };
  'POST /compute/v2.1/flavors/{flavor_id}/os-extra_specs': {
    path: { flavor_id: string };
    body: { extra_specs: Record<string, string | number> };
  };
  'GET /compute/v2.1/flavors/{flavor_id}/os-extra_specs/{key}': { path: { flavor_id: string; key: string } };
  'PUT /compute/v2.1/flavors/{flavor_id}/os-extra_specs/{key}': {
    path: { flavor_id: string; key: string };
    body: Record<string, string | number>;
  };
  'DELETE /compute/v2.1/flavors/{flavor_id}/os-extra_specs/{key}': { path: { flavor_id: string; key: string } };
  'GET /compute/v2.1/flavors/{flavor_id}/os-flavor-access': { path: { flavor_id: string } };
  'GET /compute/v2.1/images': object;
  'GET /compute/v2.1/images/detail': object;
  'GET /compute/v2.1/images/{image_id}': { path: { image_id: string } };
  'DELETE /compute/v2.1/images/{image_id}': { path: { image_id: string } };
  'GET /compute/v2.1/images/{image_id}/metadata': { path: { image_id: string } };
  'POST /compute/v2.1/images/{image_id}/metadata': {
    path: { image_id: string };
    body: { metadata: Record<string, string> };
  };
  'PUT /compute/v2.1/images/{image_id}/metadata': {
    path: { image_id: string };
    body: { metadata: Record<string, string> };
  };
  'GET /compute/v2.1/images/{image_id}/metadata/{key}': { path: { image_id: string; key: string } };
  'PUT /compute/v2.1/images/{image_id}/metadata/{key}': {
    path: { image_id: string; key: string };
    body: { meta: Record<string, string> };
  };
  'DELETE /compute/v2.1/images/{image_id}/metadata/{key}': { path: { image_id: string; key: string } };
  'GET /compute/v2.1/limits': { query?: { tenant_id?: string; reserved?: string } };
  'GET /compute/v2.1/os-agents': object;
  'POST /compute/v2.1/os-agents': object;
  'PUT /compute/v2.1/os-agents/{id}': { path: { id: string } };
  'DELETE /compute/v2.1/os-agents/{id}': { path: { id: string } };
  'GET /compute/v2.1/os-aggregates': object;
  'POST /compute/v2.1/os-aggregates': { body: { aggregate: { name: string; availability_zone?: string | null } } };
  'GET /compute/v2.1/os-aggregates/{aggregate_id}': { path: { aggregate_id: string } };
  'PUT /compute/v2.1/os-aggregates/{aggregate_id}': {
    path: { aggregate_id: string };
    body: { aggregate: { name?: string; availability_zone?: string | null } };
  };
  'DELETE /compute/v2.1/os-aggregates/{aggregate_id}': { path: { aggregate_id: string } };
  'POST /compute/v2.1/os-aggregates/{aggregate_id}/action': {
    path: { aggregate_id: string };
    body:
      | { add_host: { host: string } }
      | { remove_host: { host: string } }
      | { set_metadata: { metadata: Record<string, string | null> } };
  };
  'POST /compute/v2.1/os-aggregates/{aggregate_id}/images': {
    path: { aggregate_id: string };
    body: { cache: { id: string }[] };
  };
  'GET /compute/v2.1/os-availability-zone': object;
  'GET /compute/v2.1/os-availability-zone/detail': object;
  'GET /compute/v2.1/os-cells': object;
  'POST /compute/v2.1/os-cells': object;
  'GET /compute/v2.1/os-cells/{id}': { path: { id: string } };
  'PUT /compute/v2.1/os-cells/{id}': { path: { id: string } };
  'DELETE /compute/v2.1/os-cells/{id}': { path: { id: string } };
  'GET /compute/v2.1/os-cells/{id}/capacities': { path: { id: string } };
  'POST /compute/v2.1/os-certificates': object;
  'GET /compute/v2.1/os-certificates/{id}': { path: { id: string } };
  'GET /compute/v2.1/os-cloudpipe': object;
  'POST /compute/v2.1/os-cloudpipe': object;
  'PUT /compute/v2.1/os-cloudpipe/{id}': { path: { id: string } };
  'GET /compute/v2.1/os-console-auth-tokens/{token}': { path: { token: string } };
  'GET /compute/v2.1/os-fixed-ips/{id}': { path: { id: string } };
  'POST /compute/v2.1/os-fixed-ips/{id}/action': { path: { id: string } };
  'GET /compute/v2.1/os-floating-ip-dns': object;
  'PUT /compute/v2.1/os-floating-ip-dns/{id}': { path: { id: string } };
  'DELETE /compute/v2.1/os-floating-ip-dns/{id}': { path: { id: string } };
  'GET /compute/v2.1/os-floating-ip-dns/{id}/entries/{entry}': { path: { id: string; entry: string } };
  'PUT /compute/v2.1/os-floating-ip-dns/{id}/entries/{entry}': { path: { id: string; entry: string } };
  'DELETE /compute/v2.1/os-floating-ip-dns/{id}/entries/{entry}': { path: { id: string; entry: string } };
  'GET /compute/v2.1/os-floating-ip-pools': object;
  'GET /compute/v2.1/os-floating-ips': object;
  'POST /compute/v2.1/os-floating-ips': { body: { pool?: string | null } | null };
  'GET /compute/v2.1/os-floating-ips-bulk': object;
  'POST /compute/v2.1/os-floating-ips-bulk': object;
  'GET /compute/v2.1/os-floating-ips-bulk/{id}': { path: { id: string } };
  'PUT /compute/v2.1/os-floating-ips-bulk/{id}': { path: { id: string } };
  'GET /compute/v2.1/os-floating-ips/{floating_ip_id}': { path: { floating_ip_id: string } };
  'DELETE /compute/v2.1/os-floating-ips/{floating_ip_id}': { path: { floating_ip_id: string } };
  'GET /compute/v2.1/os-fping': object;
  'GET /compute/v2.1/os-fping/{id}': { path: { id: string } };
  'GET /compute/v2.1/os-hosts': { query?: { zone?: string; service?: string } };
  'GET /compute/v2.1/os-hosts/{host_name}': { path: { host_name: string } };
  'PUT /compute/v2.1/os-hosts/{host_name}': {
    path: { host_name: string };
    body: { status?: string; maintenance_mode?: string };
  };
  'GET /compute/v2.1/os-hosts/{host_name}/reboot': { path: { host_name: string } };
  'GET /compute/v2.1/os-hosts/{host_name}/shutdown': { path: { host_name: string } };
  'GET /compute/v2.1/os-hosts/{host_name}/startup': { path: { host_name: string } };
  'GET /compute/v2.1/os-hypervisors': {
    query?: { limit?: string; marker?: string; hypervisor_hostname_pattern?: string; with_servers?: string };
  };
  'GET /compute/v2.1/os-hypervisors/detail': {
    query?: { limit?: string; marker?: string; hypervisor_hostname_pattern?: string; with_servers?: string };
  };
  'GET /compute/v2.1/os-hypervisors/statistics': object;
  'GET /compute/v2.1/os-hypervisors/{hypervisor_id}': {
    path: { hypervisor_id: string };
    query?: { with_servers?: string };
  };
  'GET /compute/v2.1/os-hypervisors/{hypervisor_id}/search': { path: { hypervisor_id: string } };
  'GET /compute/v2.1/os-hypervisors/{hypervisor_id}/servers': { path: { hypervisor_id: string } };
  'GET /compute/v2.1/os-hypervisors/{hypervisor_id}/uptime': { path: { hypervisor_id: string } };
  'GET /compute/v2.1/os-instance_usage_audit_log': object;
  'GET /compute/v2.1/os-instance_usage_audit_log/{before}': { path: { before: string } };
  'GET /compute/v2.1/os-keypairs': { query?: { limit?: string; marker?: string; user_id?: string } };
  'POST /compute/v2.1/os-keypairs': {
    body: { keypair: { name: string; type?: 'ssh' | 'x509'; public_key?: string; user_id?: string } };
  };
  'GET /compute/v2.1/os-keypairs/{name}': { path: { name: string }; query?: { user_id?: string } };
  'DELETE /compute/v2.1/os-keypairs/{name}': { path: { name: string }; query?: { user_id?: string } };
  'GET /compute/v2.1/os-migrations': {
    query?: {
      hidden?: string;
      host?: string;
      instance_uuid?: string;
      source_compute?: string;
      status?: string;
      migration_type?: string;
      limit?: string;
      marker?: string;
      user_id?: string;
      project_id?: string;
      'changes-since'?: string;
      'changes-before'?: string;
    };
  };
  'GET /compute/v2.1/os-networks': object;
  'POST /compute/v2.1/os-networks': object;
  'POST /compute/v2.1/os-networks/add': object;
  'GET /compute/v2.1/os-networks/{network_id}': { path: { network_id: string } };
  'DELETE /compute/v2.1/os-networks/{network_id}': { path: { network_id: string } };
  'POST /compute/v2.1/os-networks/{network_id}/action': { path: { network_id: string } };
  'GET /compute/v2.1/os-quota-class-sets/{class_name}': { path: { class_name: string } };
  'PUT /compute/v2.1/os-quota-class-sets/{class_name}': {
    path: { class_name: string };
    body: {
      quota_class_set: {
        instances?: number | string;
        cores?: number | string;
        ram?: number | string;
        metadata_items?: number | string;
        key_pairs?: number | string;
        server_groups?: number | string;
        server_group_members?: number | string;
        injected_files?: number | string;
        injected_file_content_bytes?: number | string;
        injected_file_path_bytes?: number | string;
        fixed_ips?: number | string;
        floating_ips?: number | string;
        security_groups?: number | string;
        security_group_rules?: number | string;
      };
    };
  };
  'GET /compute/v2.1/os-quota-sets/{project_id}': { path: { project_id: string }; query?: { user_id?: string } };
  'PUT /compute/v2.1/os-quota-sets/{project_id}': {
    path: { project_id: string };
    query?: { user_id?: string };
    body: {
      quota_set: {
        instances?: number | string;
        cores?: number | string;
        ram?: number | string;
        metadata_items?: number | string;
        key_pairs?: number | string;
        server_groups?: number | string;
        server_group_members?: number | string;
        injected_files?: number | string;
        injected_file_content_bytes?: number | string;
        injected_file_path_bytes?: number | string;
        fixed_ips?: number | string;
        floating_ips?: number | string;
        security_groups?: number | string;
        security_group_rules?: number | string;
        tenant_id?: string;
        force?: boolean | string;
      };
    };
  };
  'DELETE /compute/v2.1/os-quota-sets/{project_id}': { path: { project_id: string }; query?: { user_id?: string } };
  'GET /compute/v2.1/os-quota-sets/{project_id}/defaults': { path: { project_id: string } };
  'GET /compute/v2.1/os-quota-sets/{project_id}/detail': { path: { project_id: string }; query?: { user_id?: string } };
  'GET /compute/v2.1/os-security-group-default-rules': object;
  'POST /compute/v2.1/os-security-group-default-rules': object;
  'GET /compute/v2.1/os-security-group-default-rules/{id}': { path: { id: string } };
  'DELETE /compute/v2.1/os-security-group-default-rules/{id}': { path: { id: string } };
  'POST /compute/v2.1/os-security-group-rules': {
    body: {
      security_group_rule: {
        parent_group_id: string;
        group_id?: string | null;
        from_port?: number | string | null;
        to_port?: number | string | null;
        ip_protocol?: string | null;
        cidr?: string | null;
      };
    };
  };
  'DELETE /compute/v2.1/os-security-group-rules/{rule_id}': { path: { rule_id: string } };
  'GET /compute/v2.1/os-security-groups': { query?: { all_tenants?: string; limit?: string; offset?: string } };
  'POST /compute/v2.1/os-security-groups': { body: { security_group: { name: string; description: string | null } } };
  'GET /compute/v2.1/os-security-groups/{group_id}': { path: { group_id: string } };
  'PUT /compute/v2.1/os-security-groups/{group_id}': {
    path: { group_id: string };
    body: { security_group: { name: string; description: string | null } };
  };
  'DELETE /compute/v2.1/os-security-groups/{group_id}': { path: { group_id: string } };
  'POST /compute/v2.1/os-server-external-events': {
    body: {
      events: { name: string; server_uuid: string; status?: 'failed' | 'completed' | 'in-progress'; tag?: string }[];
    };
  };
  'POST /compute/v2.1/os-server-groups': {
    body: {
      server_group: {
        name: string;
        policies?: ('affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity')[];
        policy?: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
        rules?: { max_server_per_host?: number | string };
      };
    };
  };
  'GET /compute/v2.1/os-server-groups': { query?: { all_projects?: string; limit?: string; offset?: string } };
  'GET /compute/v2.1/os-server-groups/{server_group_id}': { path: { server_group_id: string } };
  'DELETE /compute/v2.1/os-server-groups/{server_group_id}': { path: { server_group_id: string } };
  'GET /compute/v2.1/os-services': { query?: { host?: string; binary?: string } };
  'PUT /compute/v2.1/os-services/{service_id}': {
    path: { service_id: string };
    body: {
      host?: string;
      binary?: string;
      status?: 'enabled' | 'disabled';
      disabled_reason?: string;
      forced_down?: boolean | string;
    };
  };
  'DELETE /compute/v2.1/os-services/{service_id}': { path: { service_id: string } };
  'GET /compute/v2.1/os-simple-tenant-usage': {
    query?: { start?: string; end?: string; detailed?: string; limit?: string; marker?: string };
  };
  'GET /compute/v2.1/os-simple-tenant-usage/{project_id}': {
    path: { project_id: string };
    query?: { start?: string; end?: string; detailed?: string; limit?: string; marker?: string };
  };
  'GET /compute/v2.1/os-snapshots': { query?: { limit?: string; offset?: string } };
  'POST /compute/v2.1/os-snapshots': {
    body: {
      snapshot: { volume_id: string; display_name?: string; display_description?: string; force?: boolean | string };
    };
  };
  'GET /compute/v2.1/os-snapshots/detail': { query?: { limit?: string; offset?: string } };
  'GET /compute/v2.1/os-snapshots/{snapshot_id}': { path: { snapshot_id: string } };
  'DELETE /compute/v2.1/os-snapshots/{snapshot_id}': { path: { snapshot_id: string } };
  'GET /compute/v2.1/os-tenant-networks': object;
  'POST /compute/v2.1/os-tenant-networks': object;
  'GET /compute/v2.1/os-tenant-networks/{network_id}': { path: { network_id: string } };
  'DELETE /compute/v2.1/os-tenant-networks/{network_id}': { path: { network_id: string } };
  'GET /compute/v2.1/os-volumes': { query?: { limit?: string; offset?: string } };
  'POST /compute/v2.1/os-volumes': {
    body: {
      volume: {
        size: number | string;
        volume_type?: string;
        metadata?: Record<string, unknown>;
        snapshot_id?: string;
        availability_zone?: string;
        display_name?: string;
        display_description?: string;
      };
    };
  };
  'GET /compute/v2.1/os-volumes/detail': { query?: { limit?: string; offset?: string } };
  'GET /compute/v2.1/os-volumes/{volume_id}': { path: { volume_id: string } };
  'DELETE /compute/v2.1/os-volumes/{volume_id}': { path: { volume_id: string } };
  'GET /compute/v2.1/servers': object;
  'POST /compute/v2.1/servers': {
    body: {
      server: {
        name: string;
        imageRef?: string;
        flavorRef: string | number;
        adminPass?: string;
        metadata?: Record<string, string>;
        networks?: { uuid?: string; port?: string | null; fixed_ip?: string; tag?: string }[] | 'auto' | 'none';
        'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
        accessIPv4?: string;
        accessIPv6?: string;
        personality?: Record<string, unknown>[];
        availability_zone?: string;
        block_device_mapping?: {
          source_type?: 'volume' | 'image' | 'snapshot' | 'blank';
          destination_type?: 'local' | 'volume';
          uuid?: string;
          image_id?: string;
          volume_id?: string;
          snapshot_id?: string;
          virtual_name?: string;
          boot_index?: number | string | null;
          volume_size?: number | string;
          volume_type?: string | null;
          delete_on_termination?: boolean | string;
          device_name?: string;
          device_type?: string | null;
          disk_bus?: string | null;
          guest_format?: string | null;
          no_device?: unknown;
          connection_info?: string;
          tag?: string;
        }[];
        block_device_mapping_v2?: {
          source_type?: 'volume' | 'image' | 'snapshot' | 'blank';
          destination_type?: 'local' | 'volume';
          uuid?: string;
          image_id?: string;
          volume_id?: string;
          snapshot_id?: string;
          virtual_name?: string;
          boot_index?: number | string | null;
          volume_size?: number | string;
          volume_type?: string | null;
          delete_on_termination?: boolean | string;
          device_name?: string;
          device_type?: string | null;
          disk_bus?: string | null;
          guest_format?: string | null;
          no_device?: unknown;
          connection_info?: string;
          tag?: string;
        }[];
        config_drive?: boolean | string;
        key_name?: string;
        min_count?: number | string;
        max_count?: number | string;
        return_reservation_id?: boolean | string;
        security_groups?: { name: string }[];
        user_data?: string;
        description?: string | null;
        tags?: string[];
        trusted_image_certificates?: string[] | null;
        host?: string;
        hypervisor_hostname?: string;
        hostname?: string;
      };
      'os:scheduler_hints'?: Record<string, unknown>;
      'OS-SCH-HNT:scheduler_hints'?: Record<string, unknown>;
    };
  };
  'GET /compute/v2.1/servers/detail': object;
  'GET /compute/v2.1/servers/{server_id}': { path: { server_id: string } };
  'PUT /compute/v2.1/servers/{server_id}': {
    path: { server_id: string };
    body: {
      server: {
        name?: string;
        'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
        accessIPv4?: string;
        accessIPv6?: string;
        description?: string | null;
        hostname?: string;
      };
    };
  };
  'DELETE /compute/v2.1/servers/{server_id}': { path: { server_id: string } };
  'POST /compute/v2.1/servers/{server_id}/action': { path: { server_id: string }; body: Record<string, unknown> };
  'GET /compute/v2.1/servers/{server_id}/consoles': { path: { server_id: string } };
  'POST /compute/v2.1/servers/{server_id}/consoles': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/consoles/{id}': { path: { server_id: string; id: string } };
  'DELETE /compute/v2.1/servers/{server_id}/consoles/{id}': { path: { server_id: string; id: string } };
  'GET /compute/v2.1/servers/{server_id}/diagnostics': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/ips': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/ips/{network}': { path: { server_id: string; network: string } };
  'GET /compute/v2.1/servers/{server_id}/metadata': { path: { server_id: string } };
  'POST /compute/v2.1/servers/{server_id}/metadata': {
    path: { server_id: string };
    body: { metadata: Record<string, string> };
  };
  'PUT /compute/v2.1/servers/{server_id}/metadata': {
    path: { server_id: string };
    body: { metadata: Record<string, string> };
  };
  'GET /compute/v2.1/servers/{server_id}/metadata/{key}': { path: { server_id: string; key: string } };
  'PUT /compute/v2.1/servers/{server_id}/metadata/{key}': {
    path: { server_id: string; key: string };
    body: { meta: Record<string, string> };
  };
  'DELETE /compute/v2.1/servers/{server_id}/metadata/{key}': { path: { server_id: string; key: string } };
  'GET /compute/v2.1/servers/{server_id}/migrations': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/migrations/{migration_id}': {
    path: { server_id: string; migration_id: string };
  };
  'DELETE /compute/v2.1/servers/{server_id}/migrations/{migration_id}': {
    path: { server_id: string; migration_id: string };
  };
  'POST /compute/v2.1/servers/{server_id}/migrations/{migration_id}/action': {
    path: { server_id: string; migration_id: string };
    body: { force_complete: null };
  };
  'GET /compute/v2.1/servers/{server_id}/os-instance-actions': {
    path: { server_id: string };
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: string;
      sort_dir?: string;
      'changes-since'?: string;
      'changes-before'?: string;
    };
  };
  'GET /compute/v2.1/servers/{server_id}/os-instance-actions/{request_id}': {
    path: { server_id: string; request_id: string };
  };
  'GET /compute/v2.1/servers/{server_id}/os-interface': { path: { server_id: string } };
  'POST /compute/v2.1/servers/{server_id}/os-interface': {
    path: { server_id: string };
    body: {
      interfaceAttachment?: { net_id?: string; port_id?: string; fixed_ips?: { ip_address: string }[]; tag?: string };
    };
  };
  'GET /compute/v2.1/servers/{server_id}/os-interface/{port_id}': { path: { server_id: string; port_id: string } };
  'DELETE /compute/v2.1/servers/{server_id}/os-interface/{port_id}': { path: { server_id: string; port_id: string } };
  'GET /compute/v2.1/servers/{server_id}/os-security-groups': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/os-server-password': { path: { server_id: string } };
  'DELETE /compute/v2.1/servers/{server_id}/os-server-password': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/os-virtual-interfaces': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/os-volume_attachments': {
    path: { server_id: string };
    query?: { limit?: string; offset?: string };
  };
  'POST /compute/v2.1/servers/{server_id}/os-volume_attachments': {
    path: { server_id: string };
    body: {
      volumeAttachment: {
        volumeId: string;
        device?: string | null;
        tag?: string;
        delete_on_termination?: boolean | string;
      };
    };
  };
  'GET /compute/v2.1/servers/{server_id}/os-volume_attachments/{volume_id}': {
    path: { server_id: string; volume_id: string };
  };
  'PUT /compute/v2.1/servers/{server_id}/os-volume_attachments/{volume_id}': {
    path: { server_id: string; volume_id: string };
    body: {
      volumeAttachment: {
        volumeId: string;
        id?: string;
        serverId?: string;
        device?: string | null;
        tag?: string;
        delete_on_termination?: boolean | string;
      };
    };
  };
  'DELETE /compute/v2.1/servers/{server_id}/os-volume_attachments/{volume_id}': {
    path: { server_id: string; volume_id: string };
  };
  'GET /compute/v2.1/servers/{server_id}/potluck-explain': { path: { server_id: string } };
  'POST /compute/v2.1/servers/{server_id}/remote-consoles': {
    path: { server_id: string };
    body: {
      remote_console: {
        protocol: 'vnc' | 'spice' | 'rdp' | 'serial' | 'mks';
        type: 'novnc' | 'xvpvnc' | 'spice-html5' | 'rdp-html5' | 'serial' | 'webmks';
      };
    };
  };
  'GET /compute/v2.1/servers/{server_id}/tags': { path: { server_id: string } };
  'PUT /compute/v2.1/servers/{server_id}/tags': { path: { server_id: string }; body: { tags: string[] } };
  'DELETE /compute/v2.1/servers/{server_id}/tags': { path: { server_id: string } };
  'GET /compute/v2.1/servers/{server_id}/tags/{tag}': { path: { server_id: string; tag: string } };
  'PUT /compute/v2.1/servers/{server_id}/tags/{tag}': { path: { server_id: string; tag: string } };
  'DELETE /compute/v2.1/servers/{server_id}/tags/{tag}': { path: { server_id: string; tag: string } };
  'GET /compute/v2.1/servers/{server_id}/topology': { path: { server_id: string } };
  'GET /console/novnc/*': object;
  'GET /console/vnc': object;
  'GET /console/vnc.css': object;
  'GET /console/vnc.js': object;
}
