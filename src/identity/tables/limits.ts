import type { DomainId, ProjectId } from '../../core/ids.ts';

export interface RegisteredLimitsTable {
  id: string;
  service_id: string;
  region_id: string | null;
  resource_name: string;
  default_limit: number;
  description: string | null;
}

export interface LimitsTable {
  id: string;
  registered_limit_id: string;
  /** A limit is a project's or a domain's; the other one is null. */
  project_id: ProjectId | null;
  domain_id: DomainId | null;
  resource_limit: number;
  description: string | null;
}

export interface LimitTables {
  registered_limits: RegisteredLimitsTable;
  limits: LimitsTable;
}
