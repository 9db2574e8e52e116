/**
 * Kinds of things, as GET /events names them. The first part of each query's key is one, so that the news that something of
 * a kind changed finds the queries to ask again.
 */
export type Kind =
  | 'servers'
  | 'volumes'
  | 'snapshots'
  | 'backups'
  | 'images'
  | 'networks'
  | 'subnets'
  | 'ports'
  | 'routers'
  | 'floatingips'
  | 'security-groups'
  | 'keypairs'
  | 'server-groups'
  | 'quotas'
  | 'application-credentials'
  | 'flavors'
  | 'hosts'
  | 'projects'
  | 'users'
  | 'groups'
  | 'roles'
  | 'role-assignments'
  | 'aggregates'
  | 'audit'
  | 'sessions'
  | 'identity-providers'
  | 'jobs'
  | 'health';

/** What the stream says: something of a kind changed, this one or any. */
export interface Change {
  kind: string;
  id?: string;
}

/** What is made of things of other kinds: it changes when any of them does. */
const MADE_OF: Record<string, readonly Kind[]> = {
  hosts: ['servers'],
  quotas: ['servers', 'volumes', 'snapshots', 'backups', 'networks', 'ports', 'routers', 'floatingips', 'projects'],
  jobs: ['servers', 'volumes', 'snapshots', 'backups', 'images'],
  health: ['hosts'],
};

/** Whether a query shows what changed: every list of the kind, and the details of the one or, without id, of all. Pure. */
export function concerns(changes: readonly Change[], queryKey: readonly unknown[]): boolean {
  const [kind, what, id] = queryKey;
  const parts: readonly string[] = MADE_OF[String(kind)] ?? [];
  return changes.some(
    (one) =>
      parts.includes(one.kind) || (one.kind === kind && (what !== 'one' || one.id === undefined || one.id === id)),
  );
}
