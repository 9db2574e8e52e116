import { plainRequest, request } from '../request.ts';
import type { Server } from './compute.ts';
import { listQuery, oneQuery } from './query.ts';

/** How much of something there is, how much of it is promised to servers, and how much may be. */
export interface Room {
  used: number;
  total: number;
  limit: number;
}

export interface Host {
  id: string;
  name: string;
  zone: string;
  aggregates: string[];
  /** `new`: never heard of. A host that is down may just be switched off. */
  state: 'up' | 'down' | 'new';
  enabled: boolean;
  disabled_reason: string | null;
  forced_down: boolean;
  last_seen: string | null;
  booted_at: string | null;
  address: string | null;
  agent_version: string | null;
  accelerator: string | null;
  accelerator_reason: string | null;
  cpu_model: string | null;
  arch: string | null;
  qemu_version: string | null;
  vcpus: Room;
  memory_mib: Room;
  disk_gib: Room & { free: number | null };
  volume_gib: number;
  servers: number;
  /** Has not carried out yet what was asked of it last. */
  pending_changes: boolean;
}

export const hostsRequest = plainRequest('GET', '/operations/v1/hosts');
export const hostsQuery = listQuery<Host>('hosts', hostsRequest, 'hosts');

/** A server as administrators see it: of every project, with its host. */
export type AnyServer = Server & { 'OS-EXT-SRV-ATTR:host': string | null; user_id: string };

export const allServersRequest = (host?: string) =>
  request('GET /compute/v2.1/servers/detail', {
    query: { all_tenants: '1', limit: '1000', ...(host !== undefined && { host }) },
  });
export const allServersQuery = (host?: string) => listQuery<AnyServer>('servers', allServersRequest(host), 'servers');

/** Why a server is where it is and as it is. Times in milliseconds since 1970. */
export interface Explanation {
  server: { id: string; name: string; project: string; status: string; taskState: string | null };
  placement: {
    at: number;
    chosen: string | null;
    hosts: number;
    fit: number;
    candidates: string[];
    objections: { reason: string; hosts: number; names: string[] }[];
  } | null;
  host: { name: string; lastSeen: number | null; generation: { wanted: number; reported: number } } | null;
  wanted: { power: string };
  reported: { state: string | null; reason: string | null; at: number | null; current: boolean };
  fault: { message: string } | null;
  ports: { id: string; network: string; status: string; reason: string | null; addresses: string[] }[];
  history: { action: string; at: number; result: string | null; details: string | null; request: string }[];
}

export const explainRequest = (id: string) =>
  plainRequest('GET', `/compute/v2.1/servers/${encodeURIComponent(id)}/potluck-explain`);
export const explainQuery = (id: string) => oneQuery<Explanation>('servers', id, explainRequest(id));

/** What a project may have of something, -1 without limit, and what it has. */
export interface Use {
  limit: number;
  used: number;
}
export interface ProjectQuotas {
  project: { id: string; name: string };
  compute: Record<string, Use>;
  volume: Record<string, Use>;
  network: Record<string, Use>;
}

export const quotasRequest = (project: string | null) =>
  plainRequest('GET', '/operations/v1/quotas', {
    query: project === null ? { all_projects: 'true' } : { project_id: project },
  });
export const allQuotasQuery = listQuery<ProjectQuotas>('quotas', quotasRequest(null), 'quotas');
export const projectQuotasQuery = (project: string) =>
  listQuery<ProjectQuotas>('quotas', quotasRequest(project), 'quotas');

export interface Job {
  kind: string;
  id: string;
  name: string | null;
  project_id: string | null;
  doing: string;
  since: string;
  deadline: string | null;
  late: boolean;
  host: string | null;
  user_id: string | null;
  request_id: string | null;
}

export const jobsRequest = plainRequest('GET', '/operations/v1/jobs');
export const jobsQuery = listQuery<Job>('jobs', jobsRequest, 'jobs');

export interface ServiceHealth {
  name: string;
  detail: string;
  state: string;
  reason: string | null;
  since: string | null;
}

export const healthRequest = plainRequest('GET', '/operations/v1/health');
/** That a service fails is not told as a change, so it is asked for again now and then. */
export const healthQuery = {
  ...listQuery<ServiceHealth>('health', healthRequest, 'services'),
  refetchInterval: 15_000,
};

/** What somebody did, as GET /audit/v1/events tells it. */
export interface AuditEvent {
  id: string;
  at: string;
  operation: string;
  target: string | null;
  outcome: 'done' | 'refused';
  status: number | null;
  user_id: string | null;
  project_id: string | null;
  domain_id: string | null;
  delegation: string | null;
  address: string | null;
  request_id: string;
  detail: Record<string, unknown> | null;
}
