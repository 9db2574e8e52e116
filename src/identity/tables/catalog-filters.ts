import type { DomainId, ProjectId } from '../../core/ids.ts';

export interface EndpointGroupsTable {
  id: string;
  name: string;
  description: string | null;
  /** JSON: `service_id`, `region_id`, `interface`, `enabled`. */
  filters: string;
  extra: string;
}

export interface EndpointGroupProjectsTable {
  endpoint_group_id: string;
  project_id: ProjectId;
}

export interface ProjectEndpointsTable {
  endpoint_id: string;
  project_id: ProjectId;
}

/** One policy per endpoint, per service, or per service in a region. */
export interface PolicyAssociationsTable {
  policy_id: string;
  endpoint_id: string | null;
  service_id: string | null;
  region_id: string | null;
}

export interface DomainConfigsTable {
  domain_id: DomainId;
  option_group: string;
  option_name: string;
  /** JSON, sealed by the cloud's secret key: some options are passwords. */
  sealed_value: string;
}

export interface CatalogFilterTables {
  endpoint_groups: EndpointGroupsTable;
  endpoint_group_projects: EndpointGroupProjectsTable;
  project_endpoints: ProjectEndpointsTable;
  policy_associations: PolicyAssociationsTable;
  domain_configs: DomainConfigsTable;
}
