import type { Trail } from '../store/audit.ts';
import type { DomainId, HostId, ProjectId, UserId } from '../core/ids.ts';

/** Who asks, for what, and when: made once per request from the token, and handed down to every query. */
export interface Context {
  requestId: string;
  /** Milliseconds since 1970 at the start of the request. */
  now: number;
  userId: UserId | null;
  userDomainId: DomainId | null;
  /** The project the token is scoped to. */
  projectId: ProjectId | null;
  projectDomainId: DomainId | null;
  /** The domain the token is scoped to, when it is not a project. */
  domainId: DomainId | null;
  system: boolean;
  /** Names, with implied roles spelled out: an admin is also manager, member and reader. */
  roles: readonly string[];
  isAdmin: boolean;
  /** The token as the client sent it; null for public routes. */
  token: string | null;
  /** The host whose agent asks, on its own routes only. */
  hostId: HostId | null;
  remoteAddress: string;
  /** On whose word, when the token is not the user's own: `application_credential:ID`, `trust:ID`, `oauth:ID`. */
  delegation?: string | null;
  /** What the request has written into the audit trail; the controller's own work has none. */
  trail?: Trail;
}

/** What a valid token says; the identity service makes it, every service reads it. */
export type Identity = Pick<
  Context,
  'userId' | 'userDomainId' | 'projectId' | 'projectDomainId' | 'domainId' | 'system' | 'roles' | 'delegation'
>;

/** What a token is presented for; an application credential's access rules may allow just some calls. */
export interface AskedCall {
  /** The service's type in the catalogue: `compute`. */
  service: string;
  method: string;
  /** Below the service's root, without a query string: `/v2.1/servers`. */
  path: string;
}

/** Checks a token in process, without a database read. Throws ApiError 401. */
export type VerifyToken = (token: string, call?: AskedCall) => Identity;

/** The context of the controller's own work (reconcilers, start-up): may see and do everything. */
export function systemContext(now: number, requestId = 'internal'): Context {
  return {
    requestId,
    now,
    userId: null,
    userDomainId: null,
    projectId: null,
    projectDomainId: null,
    domainId: null,
    system: true,
    roles: ['admin', 'manager', 'member', 'reader'],
    isAdmin: true,
    token: null,
    hostId: null,
    remoteAddress: 'internal',
  };
}
