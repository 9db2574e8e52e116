import { healthRequest, jobsRequest } from '../../../api/queries/operators.ts';
import { plainRequest } from '../../../api/request.ts';
import type { Operation } from '../../../how/operation.ts';

/** On a controller; the openstack client has `openstack compute service list` and its like, one for each service. */
export const showHealth: Operation = { request: healthRequest, command: ['potluck', 'status'] };
export const listJobs: Operation = { request: jobsRequest, command: null };

/** What the audit log is searched for; empty is anything. */
export interface AuditSearch {
  operation: string;
  user: string;
  project: string;
  target: string;
  outcome: '' | 'done' | 'refused';
  /** ISO 8601. */
  since: string;
}

/** One page of events, newest first; `marker` is the last one of the page before. Pure. */
export function searchAudit(search: AuditSearch, marker?: string): Operation {
  const given = (value: string) => (value.trim() === '' ? undefined : value.trim());
  const query = {
    operation: given(search.operation),
    user_id: given(search.user),
    project_id: given(search.project),
    target: given(search.target),
    outcome: given(search.outcome),
    since: given(search.since),
    limit: '100',
    marker,
  };
  const { operation, user_id, project_id, target, outcome, since } = query;
  const options = { operation, user: user_id, project: project_id, target, since };
  return {
    request: plainRequest('GET', '/audit/v1/events', { query }),
    command: [
      ...['potluck', 'audit'],
      ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
      ...(outcome === 'refused' ? ['--refused'] : []),
    ],
  };
}
