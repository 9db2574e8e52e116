import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import type { ApplicationCredentialRow } from '../store/application-credentials.ts';
import type { RoleRow } from '../store/roles.ts';
import type { AccessRule } from '../tokens/format.ts';
import { Description, NameOf, urlOf } from './common.ts';

const RuleId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9-]+$' });

export const ApplicationCredentialCreate = Strict({
  application_credential: Strict({
    name: NameOf(255),
    id: Type.Optional(Type.String()),
    description: Type.Optional(Description),
    secret: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 4096 }))),
    expires_at: Type.Optional(Nullable(Type.String())),
    project_id: Type.Optional(Type.String()),
    roles: Type.Optional(
      Type.Array(
        Type.Object(
          { id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) },
          { additionalProperties: false, minProperties: 1, maxProperties: 1 },
        ),
      ),
    ),
    unrestricted: Type.Optional(Nullable(Type.Boolean())),
    access_rules: Type.Optional(
      Type.Array(
        Strict({
          id: Type.Optional(RuleId),
          service: Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9-]+$' })),
          method: Type.Optional(
            Type.Union((['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const).map((name) => Type.Literal(name))),
          ),
          path: Type.Optional(Type.String({ maxLength: 225, pattern: '^/' })),
        }),
        { maxItems: 50 },
      ),
    ),
    system: Type.Optional(Nullable(Type.String())),
  }),
});

/** A moment as a client writes it: milliseconds since 1970, and the text it gets back, which has microseconds. */
export interface Expiry {
  at: number;
  text: string;
}

/** Reads an ISO 8601 time, in UTC unless it says otherwise. Throws ApiError 400, also for one that has passed. */
export function parseExpiry(text: string, now: number): Expiry {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,6})\d*)?(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  const [, day = '', time = '', fraction = '', zone = 'Z'] = match ?? [];
  const whole = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (!match || Number.isNaN(whole)) {
    throw badRequest(`Unable to parse timestamp ${text}: it must look like 2027-01-31T12:00:00.`);
  }
  const microseconds = fraction.padEnd(6, '0');
  const at = whole + Math.floor(Number(microseconds) / 1000);
  if (at <= now) throw badRequest(`The expiration time ${text} must be in the future.`);
  return { at, text: `${new Date(whole).toISOString().slice(0, 19)}.${microseconds}` };
}

/** Everything an application credential is shown with. */
export interface CredentialParts {
  row: ApplicationCredentialRow;
  roles: readonly RoleRow[];
  accessRules: readonly AccessRule[] | null;
}

/** An application credential as the API shows it; the secret is added once, by who has just made it. */
export function renderApplicationCredential(call: Pick<Call, 'app'>, { row, roles, accessRules }: CredentialParts) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    user_id: row.user_id,
    project_id: row.project_id,
    system: null,
    roles: roles.map((role) => ({ id: role.id, name: role.name, domain_id: role.domain_id })),
    expires_at: row.expires_at_text,
    unrestricted: row.unrestricted === 1,
    ...(accessRules && { access_rules: accessRules }),
    links: { self: urlOf(call, `/users/${row.user_id}/application_credentials/${row.id}`) },
  };
}
