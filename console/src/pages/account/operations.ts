import { ownSessionsRequest } from '../../api/queries/account.ts';
import { request } from '../../api/request.ts';
import type { Operation } from '../../how/operation.ts';

/* The openstack client has no sessions: it signs in for each command. */

export const listSessions: Operation = { request: ownSessionsRequest, command: null };

export const endSession = (id: string): Operation => ({
  request: request('DELETE /session/sessions/{session_id}', { path: { session_id: id } }),
  command: null,
});

export const endOtherSessions: Operation = { request: request('DELETE /session/sessions', {}), command: null };
