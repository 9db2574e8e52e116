import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest } from '../../core/errors.ts';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';
import type { GroupRow, UserRow } from '../store/users.ts';
import { Description, DomainIdText, NameOf, Open, OpenPatch, parameter, urlOf, type Query } from './common.ts';

const Name = NameOf(255);
const Password = Nullable(Type.String({ minLength: 1, maxLength: 4096 }));
const Flag = Type.Optional(Nullable(Type.Boolean()));

/** https://docs.openstack.org/keystone/latest/admin/resource-options.html#user-options */
const UserOptions = Strict({
  ignore_change_password_upon_first_use: Flag,
  ignore_password_expiry: Flag,
  ignore_lockout_failure_attempts: Flag,
  ignore_user_inactivity: Flag,
  lock_password: Flag,
  multi_factor_auth_enabled: Flag,
  multi_factor_auth_rules: Type.Optional(
    Nullable(
      Type.Array(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 20, uniqueItems: true }), {
        maxItems: 50,
        uniqueItems: true,
      }),
    ),
  ),
});

const user = {
  domain_id: Type.Optional(DomainIdText),
  enabled: Type.Optional(Type.Boolean()),
  default_project_id: Type.Optional(Nullable(DomainIdText)),
  password: Type.Optional(Password),
  options: Type.Optional(UserOptions),
  description: Type.Optional(Description),
  /** Accounts of other identity providers cannot be had yet. */
  federated: Type.Optional(Type.Array(Type.Object({}), { maxItems: 0 })),
};
export const UserCreate = Strict({ user: Open({ ...user, name: Name }) });
export const UserUpdate = Strict({ user: OpenPatch({ ...user, name: Type.Optional(Name) }) });
/** Members with a place of their own; a description is kept among the others, as Keystone does. */
export const USER_MEMBERS = [
  'name',
  'federated',
  'password_expires_at',
  ...Object.keys(user).filter((key) => key !== 'description'),
];

export const PasswordChange = Strict({
  user: Strict({
    original_password: Type.String({ maxLength: 4096 }),
    password: Type.String({ minLength: 1, maxLength: 4096 }),
  }),
});

const group = { description: Type.Optional(Description) };
export const GroupCreate = Strict({ group: Open({ ...group, name: Name, domain_id: Type.Optional(DomainIdText) }) });
export const GroupUpdate = Strict({
  group: OpenPatch({ ...group, name: Type.Optional(Name), domain_id: Type.Optional(DomainIdText) }),
});
export const GROUP_MEMBERS = ['name', 'domain_id', 'description'];

/** As Keystone writes it: in UTC without saying so. */
export const passwordExpiry = (row: UserRow): string | null =>
  row.password_expires_at === null ? null : isoNaive(row.password_expires_at);

const COMPARISONS: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=', neq: '!=' };

/**
 * The condition of `?password_expires_at=lt:2027-01-31T12:00:00Z`, with eq, neq, lt, lte, gt or gte
 * (https://docs.openstack.org/api-ref/identity/v3/#list-users). Throws ApiError 400.
 */
export function expiryFilter(query: Query): RawBuilder<SqlBool>[] {
  const text = parameter(query, 'password_expires_at');
  if (text === undefined) return [];
  const [, name = 'eq', time = ''] = /^(?:([a-z]+):)?(.*)$/.exec(text) ?? [];
  const comparison = COMPARISONS[name];
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`);
  if (comparison === undefined || Number.isNaN(at)) {
    throw badRequest(`Invalid password_expires_at '${text}': it must look like lt:2027-01-31T12:00:00Z.`);
  }
  return [sql<SqlBool>`users.password_expires_at ${sql.raw(comparison)} ${at}`];
}

/** A user as the API shows it. */
export function renderUser(call: Pick<Call, 'app'>, row: UserRow) {
  return {
    ...fromJson<object>(row.extra),
    id: row.id,
    name: row.name,
    domain_id: row.domain_id,
    enabled: row.enabled === 1,
    ...(row.default_project_id !== null && { default_project_id: row.default_project_id }),
    password_expires_at: passwordExpiry(row),
    options: fromJson<object>(row.options),
    links: { self: urlOf(call, `/users/${row.id}`) },
  };
}

/** A group as the API shows it. */
export function renderGroup(call: Pick<Call, 'app'>, row: GroupRow) {
  return {
    ...fromJson<object>(row.extra),
    id: row.id,
    name: row.name,
    domain_id: row.domain_id,
    description: row.description,
    links: { self: urlOf(call, `/groups/${row.id}`) },
  };
}
