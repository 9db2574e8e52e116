import { Type } from 'typebox';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';
import type { RoleRow } from '../store/roles.ts';
import { Description, DomainIdText, NameOf, Open, OpenPatch, ResourceOptions, urlOf } from './common.ts';

const role = {
  description: Type.Optional(Description),
  domain_id: Type.Optional(Nullable(DomainIdText)),
  options: Type.Optional(ResourceOptions),
};
export const RoleCreate = Strict({ role: Open({ ...role, name: NameOf(255) }) });
export const RoleUpdate = Strict({ role: OpenPatch({ ...role, name: Type.Optional(NameOf(255)) }) });
export const ROLE_MEMBERS = ['name', ...Object.keys(role)];

/** A role as the API shows it. */
export function renderRole(call: Pick<Call, 'app'>, row: RoleRow) {
  return {
    ...fromJson<object>(row.extra),
    id: row.id,
    name: row.name,
    domain_id: row.domain_id,
    description: row.description,
    options: fromJson<object>(row.options),
    links: { self: urlOf(call, `/roles/${row.id}`) },
  };
}

/** A role inside an inference rule. */
export function renderRoleReference(call: Pick<Call, 'app'>, row: RoleRow) {
  return { id: row.id, name: row.name, links: { self: urlOf(call, `/roles/${row.id}`) } };
}
