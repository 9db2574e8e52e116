import { Type } from 'typebox';
import { isoSeconds } from '../../core/clock.ts';
import { Nullable } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { findOidcClient } from '../federation/store.ts';
import { placesOf } from '../sessions/places.ts';
import type { SessionRow } from '../sessions/store.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { AuthRequest } from './auth.ts';
import { renderToken } from './tokens.ts';

const { identity, scope } = AuthRequest.properties.auth.properties;

/** The body of POST /session: Keystone's; without an identity it is the present session that changes its scope. */
export const SessionRequest = Type.Object({
  auth: Type.Object({ identity: Type.Optional(identity), scope }),
});

const Named = Type.Object({ id: Type.String(), name: Type.String() });
const NamedInDomain = Type.Object({ id: Type.String(), name: Type.String(), domain: Named });

const WithId = Type.Object({ id: Type.String() });

const CatalogService = Type.Object({
  ...{ id: Type.String(), type: Type.String(), name: Type.String() },
  endpoints: Type.Array(
    Type.Object({
      ...{ id: Type.String(), interface: Type.String(), url: Type.String() },
      ...{ region: Nullable(Type.String()), region_id: Nullable(Type.String()) },
    }),
  ),
});

/** Who is signed in, and where they could go. */
export const SessionAnswer = Type.Object({
  /** As GET /identity/v3/auth/tokens shows it; the token's text stays in the cookie. */
  token: Type.Object({
    methods: Type.Array(Type.String()),
    user: Type.Object({
      id: Type.String(),
      name: Type.String(),
      domain: Named,
      password_expires_at: Nullable(Type.String()),
      /** Where they signed in, when that was elsewhere. */
      'OS-FEDERATION': Type.Optional(
        Type.Object({ identity_provider: WithId, protocol: WithId, groups: Type.Array(WithId) }),
      ),
    }),
    audit_ids: Type.Array(Type.String()),
    is_domain: Type.Optional(Type.Boolean()),
    project: Type.Optional(NamedInDomain),
    domain: Type.Optional(Named),
    system: Type.Optional(Type.Object({ all: Type.Boolean() })),
    roles: Type.Optional(Type.Array(Named)),
    catalog: Type.Optional(Type.Array(CatalogService)),
    issued_at: Type.String(),
    expires_at: Type.String(),
  }),
  /** Scopes that the session can change to. */
  projects: Type.Array(NamedInDomain),
  domains: Type.Array(Named),
  system: Type.Boolean(),
  /** Null for a token in X-Auth-Token, which is nobody's session. */
  session: Nullable(
    Type.Object({
      started_at: Type.String({ format: 'date-time' }),
      ends_at: Type.String({ format: 'date-time' }),
      provider: Nullable(Named),
    }),
  ),
});

/** A user's sessions, as they recognise them. */
export const OwnSessions = Type.Object({
  sessions: Type.Array(
    Type.Object({
      id: Type.String(),
      /** Whether it is the one that asks. */
      current: Type.Boolean(),
      started_at: Type.String({ format: 'date-time' }),
      /** It was used within the half hour after, or later: the tokens of a session are replaced by use. */
      renewed_at: Type.String({ format: 'date-time' }),
      ends_at: Type.String({ format: 'date-time' }),
      /** What the browser called itself, and its address, when it signed in. */
      user_agent: Nullable(Type.String()),
      address: Nullable(Type.String()),
      provider: Nullable(Named),
    }),
  ),
});

/** Pure. */
export const renderOwnSession = (
  row: SessionRow,
  { current, names }: { current: string; names: ReadonlyMap<string, string> },
) => ({
  ...{ id: row.id, current: row.id === current, user_agent: row.user_agent, address: row.address },
  started_at: isoSeconds(row.started_at),
  renewed_at: isoSeconds(row.renewed_at),
  ends_at: isoSeconds(row.ends_at),
  provider:
    row.identity_provider_id === null
      ? null
      : { id: row.identity_provider_id, name: names.get(row.identity_provider_id) ?? row.identity_provider_id },
});

/** Where the user of a session signed in, as people call it. */
async function providerOf(db: Reader, row: SessionRow): Promise<{ id: string; name: string } | null> {
  const { identity_provider_id: id, protocol_id } = row;
  if (id === null || protocol_id === null) return null;
  const client = await findOidcClient(db, id, protocol_id);
  return { id, name: client?.display_name ?? id };
}

/** The body of an answer about a session. Throws ApiError 401 when its user is gone. */
export async function renderSession(
  db: Reader,
  { claims, row }: { claims: TokenClaims; row: SessionRow | null },
  withCatalog: boolean,
): Promise<object> {
  return {
    token: await renderToken(db, claims, withCatalog),
    ...(await placesOf(db, claims.userId)),
    session: row && {
      started_at: isoSeconds(row.started_at),
      ends_at: isoSeconds(row.ends_at),
      provider: await providerOf(db, row),
    },
  };
}
