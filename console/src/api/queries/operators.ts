import type { Answers } from '../openapi/index.ts';
import { request } from '../request.ts';
import type { Server } from './compute.ts';
import { listQuery, oneQuery } from './query.ts';

/** How much of something there is, how much of it is promised to servers, and how much may be. */
export type Room = Host['vcpus'];

/** A host that is down may just be switched off; one that is new was never heard of. */
export type Host = Answers['GET /operations/v1/hosts']['hosts'][number];

export const hostsRequest = request('GET /operations/v1/hosts', {});
/** How busy hosts are is not told as a change, so it is asked for again now and then. */
export const hostsQuery = { ...listQuery<Host>('hosts', hostsRequest, 'hosts'), refetchInterval: 30_000 };

/** A server as administrators see it: of every project, with its host. */
export type AnyServer = Server & { 'OS-EXT-SRV-ATTR:host': string | null; user_id: string };

export const allServersRequest = (host?: string) =>
  request('GET /compute/v2.1/servers/detail', {
    query: { all_tenants: '1', limit: '1000', ...(host !== undefined && { host }) },
  });
export const allServersQuery = (host?: string) => listQuery<AnyServer>('servers', allServersRequest(host), 'servers');

/** Why a server is where it is and as it is. Times in milliseconds since 1970. */
export type Explanation = Answers['GET /compute/v2.1/servers/{server_id}/potluck-explain'];

export const explainRequest = (id: string) =>
  request('GET /compute/v2.1/servers/{server_id}/potluck-explain', { path: { server_id: id } });
export const explainQuery = (id: string) => oneQuery<Explanation>('servers', id, explainRequest(id));

/** What a project may have of something, -1 without limit, and what it has. */
export type Use = Answers['GET /operations/v1/quotas']['quotas'][number]['compute'][string];
export type ProjectQuotas = Answers['GET /operations/v1/quotas']['quotas'][number];

export const quotasRequest = (project: string | null) =>
  request('GET /operations/v1/quotas', {
    query: project === null ? { all_projects: 'true' } : { project_id: project },
  });
export const allQuotasQuery = listQuery<ProjectQuotas>('quotas', quotasRequest(null), 'quotas');
export const projectQuotasQuery = (project: string) =>
  listQuery<ProjectQuotas>('quotas', quotasRequest(project), 'quotas');

export type Job = Answers['GET /operations/v1/jobs']['jobs'][number];

export const jobsRequest = request('GET /operations/v1/jobs', {});
export const jobsQuery = listQuery<Job>('jobs', jobsRequest, 'jobs');

export type ServiceHealth = Answers['GET /operations/v1/health']['services'][number];

export const healthRequest = request('GET /operations/v1/health', {});
/** That a service fails is not told as a change, so it is asked for again now and then. */
export const healthQuery = {
  ...listQuery<ServiceHealth>('health', healthRequest, 'services'),
  refetchInterval: 15_000,
};

/** What somebody did. */
export type AuditEvent = Answers['GET /audit/v1/events']['events'][number];
