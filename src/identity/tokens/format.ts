import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DomainId, ProjectId, UserId } from '../../core/ids.ts';

export type Scope =
  | { kind: 'none' }
  | { kind: 'project'; id: ProjectId; domainId: DomainId }
  | { kind: 'domain'; id: DomainId }
  | { kind: 'system' };

/** One call that an application credential may make. */
export interface AccessRule {
  id: string;
  service: string;
  method: string;
  path: string;
}

/** Everything a token says; it holds no secret, and its signature keeps it from being changed. */
export interface TokenClaims {
  userId: UserId;
  userDomainId: DomainId;
  scope: Scope;
  /** Names of roles that are valid everywhere, implied ones spelled out, sorted. */
  roles: readonly string[];
  methods: readonly string[];
  issuedAt: number;
  expiresAt: number;
  auditId: string;
  /** The audit id of the token at the start of the chain that this one was made from. */
  parentAuditId: string | null;
  applicationCredential: {
    id: string;
    unrestricted: boolean;
    /** Null when every call is allowed. */
    accessRules: readonly AccessRule[] | null;
  } | null;
  delegation: Delegation | null;
  /** Where the user logged in, if not here. */
  federation: Federation | null;
}

/** An identity provider elsewhere, and how it was asked. */
export interface Federation {
  identityProviderId: string;
  protocolId: string;
}

/** On whose word a token was given, other than its user's own. */
export type Delegation =
  | { kind: 'trust'; id: string; trustorId: UserId; trusteeId: UserId; impersonation: boolean }
  | { kind: 'oauth'; consumerId: string; accessTokenId: string };

const VERSION = 1;
const SCOPE_CODES = { none: 'n', project: 'p', domain: 'd', system: 's' } as const;

/** The payload: an array, because names of members would be a third of the token. */
type Payload = [
  version: number,
  userId: string,
  userDomainId: string,
  scope: string[],
  roles: readonly string[],
  methods: readonly string[],
  issuedAt: number,
  expiresAt: number,
  auditId: string,
  parentAuditId: string | null,
  credential: [id: string, unrestricted: 0 | 1, rules: string[][] | null] | null,
  /** Absent in tokens of releases that had no delegation. */
  delegation?: string[] | null,
  /** Absent in tokens of releases that had no federation. */
  federation?: [identityProviderId: string, protocolId: string] | null,
];

/** The token's text: base64url of the payload, a dot, base64url of its HMAC-SHA256. */
export function signToken(claims: TokenClaims, key: Buffer): string {
  const { scope, applicationCredential: credential } = claims;
  const payload: Payload = [
    VERSION,
    claims.userId,
    claims.userDomainId,
    [
      SCOPE_CODES[scope.kind],
      ...('id' in scope ? [scope.id] : []),
      ...(scope.kind === 'project' ? [scope.domainId] : []),
    ],
    claims.roles,
    claims.methods,
    claims.issuedAt,
    claims.expiresAt,
    claims.auditId,
    claims.parentAuditId,
    credential && [
      credential.id,
      credential.unrestricted ? 1 : 0,
      credential.accessRules?.map((rule) => [rule.id, rule.service, rule.method, rule.path]) ?? null,
    ],
    claims.delegation && delegationPayload(claims.delegation),
    claims.federation && federationPayload(claims.federation),
  ];
  const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${text}.${mac(text, key)}`;
}

/** What a token says, or null when this cloud did not sign it. Expiry and revocation are not looked at. */
export function parseToken(token: string, key: Buffer): TokenClaims | null {
  const dot = token.indexOf('.');
  if (dot < 0) return null;
  const text = token.slice(0, dot);
  const given = Buffer.from(token.slice(dot + 1));
  const wanted = Buffer.from(mac(text, key));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const payload = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Payload;
  const [version, userId, userDomainId, scope, roles, methods, issuedAt, expiresAt, auditId, parent, ...rest] = payload;
  const [credential, delegation, federation] = rest;
  if (version !== VERSION) return null;
  return {
    userId,
    userDomainId,
    scope: parseScope(scope),
    roles,
    methods,
    issuedAt,
    expiresAt,
    auditId,
    parentAuditId: parent,
    applicationCredential: credential && {
      id: credential[0],
      unrestricted: credential[1] === 1,
      accessRules:
        credential[2]?.map(([id = '', service = '', method = '', path = '']) => ({ id, service, method, path })) ??
        null,
    },
    delegation: delegation ? parseDelegation(delegation) : null,
    federation: federation ? { identityProviderId: federation[0], protocolId: federation[1] } : null,
  };
}

const federationPayload = ({ identityProviderId, protocolId }: Federation): [string, string] => [
  identityProviderId,
  protocolId,
];

function delegationPayload(delegation: Delegation): string[] {
  if (delegation.kind === 'oauth') return ['o', delegation.consumerId, delegation.accessTokenId];
  const { id, trustorId, trusteeId, impersonation } = delegation;
  return ['t', id, trustorId, trusteeId, impersonation ? '1' : '0'];
}

function parseDelegation([code, id = '', second = '', third = '', impersonation]: string[]): Delegation {
  if (code === 'o') return { kind: 'oauth', consumerId: id, accessTokenId: second };
  return { kind: 'trust', id, trustorId: second, trusteeId: third, impersonation: impersonation === '1' };
}

function parseScope([code, id = '', domainId = '']: string[]): Scope {
  if (code === SCOPE_CODES.project) return { kind: 'project', id, domainId };
  if (code === SCOPE_CODES.domain) return { kind: 'domain', id };
  return { kind: code === SCOPE_CODES.system ? 'system' : 'none' };
}

const mac = (text: string, key: Buffer) => createHmac('sha256', key).update(text).digest('base64url');
