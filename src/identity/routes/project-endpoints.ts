import { ok, route } from '../../http/route.ts';
import { requireSeesAll } from '../policy.ts';
import { endpointsOfProject } from '../store/endpoint-filter.ts';
import { getProject } from '../store/projects.ts';
import { renderEndpoint } from '../wire/catalog.ts';
import { collection, IdParams } from '../wire/common.ts';
import { endpoints } from './endpoints.ts';
import { linkRoutes } from './links.ts';
import { getRow } from './resource.ts';
import { answerProjects } from './lists.ts';

/* OS-EP-FILTER: which endpoints a project finds in its catalogue. Without any of its own it finds all. */

const inProject = linkRoutes({
  name: 'endpoint-in-project',
  title: 'endpoint in project',
  path: '/OS-EP-FILTER/projects/:project_id/endpoints/:endpoint_id',
  params: ['endpoint_id', 'project_id'],
  async requireEnds(db, { endpoint_id: id = '', project_id: projectId = '' }) {
    await getRow(db, endpoints, id);
    await getProject(db, projectId);
  },
  async exists(db, { endpoint_id: id = '', project_id: projectId = '' }) {
    const row = await db
      .selectFrom('project_endpoints')
      .select('endpoint_id')
      .where('endpoint_id', '=', id)
      .where('project_id', '=', projectId)
      .executeTakeFirst();
    return row !== undefined;
  },
  async insert(tx, { endpoint_id: id = '', project_id: projectId = '' }) {
    await tx.db.insertInto('project_endpoints').values({ endpoint_id: id, project_id: projectId }).execute();
  },
  async remove(tx, { endpoint_id: id = '', project_id: projectId = '' }) {
    await tx.db
      .deleteFrom('project_endpoints')
      .where('endpoint_id', '=', id)
      .where('project_id', '=', projectId)
      .execute();
  },
});

const listEndpoints = route({
  operation: 'project-endpoints:list',
  method: 'GET',
  path: '/OS-EP-FILTER/projects/:project_id/endpoints',
  params: IdParams('project_id'),
  async handler(call) {
    requireSeesAll(call.context, 'list_endpoints_for_project');
    const db = call.app.store.read;
    const project = await getProject(db, call.params.project_id);
    const rows = (await endpointsOfProject(db, project.id)) ?? [];
    return ok(collection(call, 'endpoints', rows, (row) => renderEndpoint(call, row)));
  },
});

const listProjects = route({
  operation: 'project-endpoints:list-projects',
  method: 'GET',
  path: '/OS-EP-FILTER/endpoints/:endpoint_id/projects',
  params: IdParams('endpoint_id'),
  async handler(call) {
    requireSeesAll(call.context, 'list_projects_for_endpoint');
    const db = call.app.store.read;
    const endpoint = await getRow(db, endpoints, call.params.endpoint_id);
    const rows = await db
      .selectFrom('projects')
      .innerJoin('project_endpoints as link', 'link.project_id', 'projects.id')
      .selectAll('projects')
      .where('link.endpoint_id', '=', endpoint.id)
      .orderBy('projects.name')
      .execute();
    return answerProjects(call, rows);
  },
});

export const projectEndpointRoutes = [...inProject, listEndpoints, listProjects];
