import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import { ok, route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { fromJson, toJson } from '../../store/json.ts';
import { requireSeesAll } from '../policy.ts';
import { groupsOfProject, matches, type EndpointFilter, type EndpointGroupRow } from '../store/endpoint-filter.ts';
import { getProject } from '../store/projects.ts';
import { renderEndpoint } from '../wire/catalog.ts';
import {
  collection,
  Description,
  extraOf,
  IdParams,
  mergedExtra,
  NameOf,
  Open,
  OpenPatch,
  urlOf,
} from '../wire/common.ts';
import { linkRoutes } from './links.ts';
import { changeRoutes, getRow, readRoutes, type Resource } from './resource.ts';
import { answerProjects } from './lists.ts';

/* Groups of endpoints by a filter: a project in such a group finds only its endpoints in the catalogue. */

const Filters = Strict({
  service_id: Type.Optional(Type.String({ minLength: 1 })),
  region_id: Type.Optional(Type.String()),
  interface: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('internal'), Type.Literal('admin')])),
  enabled: Type.Optional(Type.Boolean()),
});
const members = { description: Type.Optional(Description) };
const MEMBERS = ['name', 'description', 'filters'];

const groups: Resource<EndpointGroupRow> = {
  table: 'endpoint_groups',
  plural: 'endpoint_groups',
  singular: 'endpoint_group',
  path: '/OS-EP-FILTER/endpoint_groups',
  filters: { name: 'text' },
  order: ['name', 'id'],
  render: (call, row) => ({
    ...fromJson<object>(row.extra),
    id: row.id,
    name: row.name,
    description: row.description,
    filters: fromJson<object>(row.filters),
    links: { self: urlOf(call, `/OS-EP-FILTER/endpoint_groups/${row.id}`) },
  }),
};

const changes = changeRoutes(groups, {
  create: Strict({ endpoint_group: Open({ ...members, name: NameOf(255), filters: Filters }) }),
  make: ({ endpoint_group: given }) => ({
    id: newHexId(),
    name: given.name,
    description: given.description ?? null,
    filters: toJson(given.filters),
    extra: toJson(extraOf(given, MEMBERS)),
  }),
  update: Strict({
    endpoint_group: OpenPatch({ ...members, name: Type.Optional(NameOf(255)), filters: Type.Optional(Filters) }),
  }),
  change: (old, { endpoint_group: given }) => ({
    name: given.name ?? old.name,
    description: given.description === undefined ? old.description : given.description,
    filters: given.filters === undefined ? old.filters : toJson(given.filters),
    extra: toJson(mergedExtra(old.extra, extraOf(given, MEMBERS))),
  }),
  async check(_tx, row) {
    if (Object.keys(fromJson<object>(row.filters)).length > 0) return;
    throw badRequest(
      'The filters field is required and cannot be empty: name a service, region, interface or enabled.',
    );
  },
});

const ofGroup = IdParams('endpoint_group_id');

const listEndpoints = route({
  operation: 'endpoint-groups:list-endpoints',
  method: 'GET',
  path: '/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/endpoints',
  params: ofGroup,
  async handler(call) {
    requireSeesAll(call.context, 'list_endpoints_associated_with_endpoint_group');
    const db = call.app.store.read;
    const group = await getRow(db, groups, call.params.endpoint_group_id);
    const filter = fromJson<EndpointFilter>(group.filters);
    const rows = await db.selectFrom('catalog_endpoints').selectAll().orderBy('id').execute();
    const inside = rows.filter((row) => matches(filter, row));
    return ok(collection(call, 'endpoints', inside, (row) => renderEndpoint(call, row)));
  },
});

const listProjects = route({
  operation: 'endpoint-groups:list-projects',
  method: 'GET',
  path: '/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/projects',
  params: ofGroup,
  async handler(call) {
    requireSeesAll(call.context, 'list_projects_associated_with_endpoint_group');
    const db = call.app.store.read;
    const group = await getRow(db, groups, call.params.endpoint_group_id);
    const rows = await db
      .selectFrom('projects')
      .innerJoin('endpoint_group_projects as link', 'link.project_id', 'projects.id')
      .selectAll('projects')
      .where('link.endpoint_group_id', '=', group.id)
      .orderBy('projects.name')
      .execute();
    return answerProjects(call, rows);
  },
});

const listOfProject = route({
  operation: 'endpoint-groups:list-for-project',
  method: 'GET',
  path: '/OS-EP-FILTER/projects/:project_id/endpoint_groups',
  params: IdParams('project_id'),
  async handler(call) {
    requireSeesAll(call.context, 'list_endpoint_groups_for_project');
    const db = call.app.store.read;
    const project = await getProject(db, call.params.project_id);
    const rows = await groupsOfProject(db, project.id);
    return ok(collection(call, 'endpoint_groups', rows, (row) => groups.render(call, row)));
  },
});

const inProject = linkRoutes({
  name: 'endpoint-group-in-project',
  title: 'endpoint group project association',
  path: '/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/projects/:project_id',
  params: ['endpoint_group_id', 'project_id'],
  async requireEnds(db, { endpoint_group_id: id = '', project_id: projectId = '' }) {
    await getProject(db, projectId);
    await getRow(db, groups, id);
  },
  async exists(db, { endpoint_group_id: id = '', project_id: projectId = '' }) {
    const row = await db
      .selectFrom('endpoint_group_projects')
      .select('project_id')
      .where('endpoint_group_id', '=', id)
      .where('project_id', '=', projectId)
      .executeTakeFirst();
    return row !== undefined;
  },
  async insert(tx, { endpoint_group_id: id = '', project_id: projectId = '' }) {
    await tx.db
      .insertInto('endpoint_group_projects')
      .values({ endpoint_group_id: id, project_id: projectId })
      .execute();
  },
  async remove(tx, { endpoint_group_id: id = '', project_id: projectId = '' }) {
    await tx.db
      .deleteFrom('endpoint_group_projects')
      .where('endpoint_group_id', '=', id)
      .where('project_id', '=', projectId)
      .execute();
  },
  async show(call, { endpoint_group_id: id = '' }) {
    return { endpoint_group: groups.render(call, await getRow(call.app.store.read, groups, id)) };
  },
});

export const endpointGroupRoutes = [
  ...readRoutes(groups),
  ...changes,
  listEndpoints,
  listProjects,
  listOfProject,
  ...inProject,
];
