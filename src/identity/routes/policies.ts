import { Type } from 'typebox';
import type { Selectable } from 'kysely';
import { newHexId } from '../../core/ids.ts';
import { Strict } from '../../http/schemas.ts';
import { fromJson, toJson } from '../../store/json.ts';
import type { PoliciesTable } from '../tables.ts';
import { extraOf, mergedExtra, Open, OpenPatch, urlOf } from '../wire/common.ts';
import { changeRoutes, readRoutes, type Resource } from './resource.ts';

/* Texts that Keystone keeps for other services. Nothing here reads them; clients find what they put. */

export type PolicyRow = Selectable<PoliciesTable>;

const PolicyType = Type.String({ minLength: 1, maxLength: 255 });
const Blob = Type.String({ maxLength: 500_000 });
const MEMBERS = ['type', 'blob'];

export const policies: Resource<PolicyRow> = {
  table: 'policies',
  plural: 'policies',
  singular: 'policy',
  path: '/policies',
  filters: { type: 'text' },
  order: ['id'],
  render: (call, row) => ({
    ...fromJson<object>(row.extra),
    id: row.id,
    type: row.type,
    blob: row.blob,
    links: { self: urlOf(call, `/policies/${row.id}`) },
  }),
};

export const policyRoutes = [
  ...readRoutes(policies),
  ...changeRoutes(policies, {
    create: Strict({ policy: Open({ type: PolicyType, blob: Blob }) }),
    make: ({ policy }) => ({
      id: newHexId(),
      type: policy.type,
      blob: policy.blob,
      extra: toJson(extraOf(policy, MEMBERS)),
    }),
    update: Strict({ policy: OpenPatch({ type: Type.Optional(PolicyType), blob: Type.Optional(Blob) }) }),
    change: (old, { policy }) => ({
      type: policy.type ?? old.type,
      blob: policy.blob ?? old.blob,
      extra: toJson(mergedExtra(old.extra, extraOf(policy, MEMBERS))),
    }),
  }),
];
