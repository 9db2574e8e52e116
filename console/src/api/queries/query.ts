import { queryOptions } from '@tanstack/react-query';
import type { Kind } from '../kinds.ts';
import type { ApiRequest } from '../request.ts';
import { send, sendAll } from '../send.ts';

/** A list of all of a kind: `useQuery(listQuery<Server>('servers', request('GET …'), 'servers'))`. */
export function listQuery<T>(kind: Kind, one: ApiRequest, member: string) {
  return queryOptions({
    queryKey: [kind, 'list', one.path],
    queryFn: ({ signal }) => sendAll<T>(one, member, { signal }),
  });
}

/** One thing, by its id: the member of the answer, or all of it. */
export function oneQuery<T>(kind: Kind, id: string, one: ApiRequest, member?: string) {
  return queryOptions({
    queryKey: [kind, 'one', id, one.path],
    queryFn: async ({ signal }): Promise<T> => {
      const answer = await send<Record<string, unknown>>(one, { signal });
      return (member === undefined ? answer : answer[member]) as T;
    },
  });
}
