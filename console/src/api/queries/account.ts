import { request } from '../request.ts';
import { listQuery } from './query.ts';

/** A browser in which the user is signed in. */
export interface OwnSession {
  id: string;
  /** This very one. */
  current: boolean;
  started_at: string;
  /** It was used then, or within the half hour after. */
  renewed_at: string;
  ends_at: string;
  user_agent: string | null;
  address: string | null;
  provider: { id: string; name: string } | null;
}

export const ownSessionsRequest = request('GET /session/sessions', {});
export const ownSessionsQuery = listQuery<OwnSession>('sessions', ownSessionsRequest, 'sessions');
