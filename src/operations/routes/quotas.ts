import { Type } from 'typebox';
import { badRequest, forbidden, notFound } from '../../core/errors.ts';
import { computeQuotas } from '../../compute/index.ts';
import type { Context } from '../../http/context.ts';
import { ok, route } from '../../http/route.ts';
import { parseBool, Strict } from '../../http/schemas.ts';
import { projectNames } from '../../identity/index.ts';
import { networkQuotas } from '../../network/index.ts';
import { overseesAll } from '../../policy/rules.ts';
import { volumeQuotas } from '../../volume/index.ts';

/** Most projects of one answer. */
const MOST = 1000;

const Uses = Type.Record(Type.String(), Type.Object({ limit: Type.Integer(), used: Type.Integer() }));

/** What projects may have and what they have, of all services. */
export const listQuotas = route({
  operation: 'quotas:list',
  method: 'GET',
  path: '/quotas',
  query: Strict({
    project_id: Type.Optional(Type.String({ maxLength: 64 })),
    all_projects: Type.Optional(Type.String()),
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })),
    /** The id of the last project of the page before. */
    marker: Type.Optional(Type.String({ maxLength: 64 })),
  }),
  response: Type.Object({
    quotas: Type.Array(
      Type.Object({
        project: Type.Object({ id: Type.String(), name: Type.String() }),
        ...{ compute: Uses, volume: Uses, network: Uses },
      }),
    ),
  }),
  async handler({ app, context, query }) {
    const db = app.store.read;
    const projects = await projectNames(db, wantedOf(context, query));
    if (query.project_id !== undefined && projects.length === 0) {
      throw notFound(`There is no project ${query.project_id}.`);
    }
    if (projects.length === 0) return ok({ quotas: [] });
    const ids = projects.map(({ id }) => id);
    const [compute, volume, network] = await Promise.all([
      computeQuotas(db, ids),
      volumeQuotas(db, ids),
      networkQuotas(db, ids),
    ]);
    return ok({
      quotas: projects.map(({ id, name }) => ({
        project: { id, name },
        ...{ compute: compute.get(id), volume: volume.get(id), network: network.get(id) },
      })),
    });
  },
});

function wantedOf(
  context: Context,
  query: { project_id?: string; all_projects?: string; limit?: string; marker?: string },
): Parameters<typeof projectNames>[1] {
  const all = query.all_projects === undefined ? false : parseBool(query.all_projects);
  if (all === undefined) throw badRequest(`all_projects is '${query.all_projects}': give true or false.`);
  const id = query.project_id ?? context.projectId;
  // A token for the system is of no project, and asks for all.
  const every = all || id === null;
  if ((every || id !== context.projectId) && !overseesAll(context)) {
    throw forbidden("Other projects' quotas are for administrators, and readers of the system.");
  }
  if (every) return { after: query.marker ?? '', limit: Math.min(MOST, Number(query.limit ?? MOST)) };
  return { ids: [id] };
}
