import type { Answers } from '../openapi/index.ts';
import { request } from '../request.ts';
import { listQuery } from './query.ts';

/** A browser in which the user is signed in. */
export type OwnSession = Answers['GET /session/sessions']['sessions'][number];

export const ownSessionsRequest = request('GET /session/sessions', {});
export const ownSessionsQuery = listQuery<OwnSession>('sessions', ownSessionsRequest, 'sessions');
