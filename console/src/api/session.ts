import { queryOptions, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { ApiFault } from './fault.ts';
import type { Answers } from './openapi/index.ts';
import { plainRequest } from './request.ts';
import { send } from './send.ts';

/** Who is signed in, and for what: a project, or a domain, or the whole system, or nothing. */
export type Session = Answers['GET /session'];
export type ProjectRef = Session['projects'][number];

/** What a session is asked for. */
export type Scope = { project: { id: string } } | { domain: { id: string } } | { system: { all: true } };

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  // Nobody being signed in is an answer, not an error.
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await send<Session>(plainRequest('GET', '/session'), { signal });
    } catch (error) {
      if (error instanceof ApiFault && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
  refetchOnWindowFocus: 'always',
});

export const SessionContext = createContext<Session | null>(null);

/** The session of the page; pages are only drawn when there is one. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession outside of a signed-in page');
  return session;
}

/** For what needs no session: the pages before it. */
export const useMaybeSession = () => useQuery(sessionQuery);

/** Whether one of the roles is held. Administrators hold all. */
export function hasRole(session: Session, ...names: string[]): boolean {
  return (session.token.roles ?? []).some(({ name }) => name === 'admin' || names.includes(name));
}

export const isAdmin = (session: Session): boolean => hasRole(session, 'admin');
/** Whether things may be made and changed, not only seen. */
export const mayChange = (session: Session): boolean => hasRole(session, 'member', 'manager');

/** Other tabs of the browser share the cookie: they are told when it is for somebody or something else. */
const channel = new BroadcastChannel('potluck-session');

/** Takes over a session that was just begun or changed: what was fetched for the former one is dropped. */
export function takeSession(client: QueryClient, session: Session | null): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  client.setQueryData(sessionQuery.queryKey, session);
  channel.postMessage('changed');
}

/** Follows the other tabs; answers how to stop. */
export function followOtherTabs(client: QueryClient): () => void {
  const heard = () => void client.invalidateQueries();
  channel.addEventListener('message', heard);
  return () => channel.removeEventListener('message', heard);
}

/** How to change what the session is for, and how to end it. Each rejects with ApiFault. */
export function useSessionChanges() {
  const client = useQueryClient();
  return {
    switchTo: async (scope: Scope): Promise<void> => {
      const changed = await send<Session>(plainRequest('POST', '/session', { body: { auth: { scope } } }));
      takeSession(client, changed);
    },
    signOut: async ({ everywhere = false }: { everywhere?: boolean } = {}): Promise<void> => {
      await send(plainRequest('DELETE', everywhere ? '/session?everywhere' : '/session')).catch((error: unknown) => {
        // It had ended already; but who wants to end the others too must be told that they have not.
        if (everywhere || !(error instanceof ApiFault) || error.status !== 401) throw error;
      });
      takeSession(client, null);
    },
  };
}
