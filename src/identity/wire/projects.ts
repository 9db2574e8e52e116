import { Type } from 'typebox';
import type { Call } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';
import type { ProjectRow } from '../store/projects.ts';
import { Description, DomainIdText, NameOf, Open, OpenPatch, ResourceOptions, urlOf } from './common.ts';

const Name = NameOf(64);
export const Tag = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^,/]*$' });
export const Tags = Type.Array(Tag, { maxItems: 80, uniqueItems: true });

const project = {
  description: Type.Optional(Description),
  domain_id: Type.Optional(Nullable(DomainIdText)),
  enabled: Type.Optional(Type.Boolean()),
  is_domain: Type.Optional(Type.Boolean()),
  parent_id: Type.Optional(Nullable(DomainIdText)),
  tags: Type.Optional(Tags),
  options: Type.Optional(ResourceOptions),
};
export const ProjectCreate = Strict({ project: Open({ ...project, name: Name }) });
export const ProjectUpdate = Strict({ project: OpenPatch({ ...project, name: Type.Optional(Name) }) });
export const PROJECT_MEMBERS = ['name', ...Object.keys(project)];

const domain = {
  description: Type.Optional(Description),
  enabled: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Tags),
  options: Type.Optional(ResourceOptions),
};
export const DomainCreate = Strict({
  domain: Open({
    ...domain,
    name: Name,
    explicit_domain_id: Type.Optional(Type.String({ pattern: '^[a-zA-Z0-9-]{1,64}$' })),
  }),
});
export const DomainUpdate = Strict({ domain: OpenPatch({ ...domain, name: Type.Optional(Name) }) });
export const DOMAIN_MEMBERS = ['name', 'explicit_domain_id', ...Object.keys(domain)];

/** A project as the API shows it. */
export function renderProject(call: Pick<Call, 'app'>, row: ProjectRow, tags: readonly string[]) {
  return {
    ...fromJson<object>(row.extra),
    id: row.id,
    name: row.name,
    domain_id: row.domain_id,
    parent_id: row.parent_id,
    is_domain: row.is_domain === 1,
    description: row.description,
    enabled: row.enabled === 1,
    tags,
    options: fromJson<object>(row.options),
    links: { self: urlOf(call, `/projects/${row.id}`) },
  };
}

/** A domain as the API shows it. */
export function renderDomain(call: Pick<Call, 'app'>, row: ProjectRow, tags: readonly string[]) {
  return {
    ...fromJson<object>(row.extra),
    id: row.id,
    name: row.name,
    description: row.description,
    enabled: row.enabled === 1,
    tags,
    options: fromJson<object>(row.options),
    links: { self: urlOf(call, `/domains/${row.id}`) },
  };
}
