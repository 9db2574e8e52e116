import { Type, type Static } from 'typebox';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';
import type { RoleRow } from '../store/roles.ts';
import type { TrustRow } from '../store/trusts.ts';
import { Open, urlOf } from './common.ts';
import { renderRole } from './roles.ts';

export const RoleReference = Type.Object(
  { id: Type.Optional(Type.String({ minLength: 1 })), name: Type.Optional(Type.String({ minLength: 1 })) },
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
);
export type RoleReference = Static<typeof RoleReference>;

const trust = {
  trustor_user_id: Type.String(),
  trustee_user_id: Type.String(),
  impersonation: Type.Boolean(),
  project_id: Type.Optional(Nullable(Type.String())),
  remaining_uses: Type.Optional(Nullable(Type.Integer({ minimum: 1 }))),
  expires_at: Type.Optional(Nullable(Type.String())),
  allow_redelegation: Type.Optional(Nullable(Type.Boolean())),
  redelegation_count: Type.Optional(Nullable(Type.Integer({ minimum: 0 }))),
  redelegated_trust_id: Type.Optional(Nullable(Type.String())),
  roles: Type.Optional(Type.Array(RoleReference)),
};
export const TrustCreate = Strict({ trust: Open(trust) });
export const TRUST_MEMBERS = Object.keys(trust);
export type GivenTrust = Static<typeof TrustCreate>['trust'];

/** A trust as lists show it. */
export function renderTrust(call: Pick<Call, 'app'>, row: TrustRow) {
  return {
    ...fromJson<object>(row.extra),
    id: row.id,
    trustor_user_id: row.trustor_user_id,
    trustee_user_id: row.trustee_user_id,
    project_id: row.project_id,
    impersonation: row.impersonation === 1,
    expires_at: row.expires_at_text === null ? null : `${row.expires_at_text}Z`,
    remaining_uses: row.remaining_uses,
    redelegated_trust_id: row.redelegated_trust_id,
    redelegation_count: row.redelegation_count,
    deleted_at: null,
    links: { self: urlOf(call, `/OS-TRUST/trusts/${row.id}`) },
  };
}

const rolesUrl = (call: Pick<Call, 'app'>, id: string) => ({
  self: urlOf(call, `/OS-TRUST/trusts/${id}/roles`),
  next: null,
  previous: null,
});

/** The roles that a trust hands on. */
export const renderTrustRoles = (call: Pick<Call, 'app'>, row: TrustRow, roles: readonly RoleRow[]) => ({
  roles: roles.map((role) => renderRole(call, role)),
  links: rolesUrl(call, row.id),
});

/** A trust shown alone, with its roles. */
export const renderWholeTrust = (call: Pick<Call, 'app'>, row: TrustRow, roles: readonly RoleRow[]) => ({
  ...renderTrust(call, row),
  roles: roles.map((role) => renderRole(call, role)),
  roles_links: rolesUrl(call, row.id),
});
