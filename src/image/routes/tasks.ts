import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { taskSchema, tasksSchema } from '../schemas.ts';
import { taskView } from '../wire.ts';

const ListQuery = Type.Object({
  limit: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
  marker: Type.Optional(Type.String()),
  status: Type.Optional(Type.Enum(['pending', 'processing', 'success', 'failure'])),
  type: Type.Optional(Type.String()),
  sort_key: Type.Optional(Type.Enum(['created_at', 'updated_at', 'status', 'type', 'id'])),
  sort_dir: Type.Optional(Type.Enum(['asc', 'desc'])),
});

/**
 * Imports of all projects, for administrators, as Glance keeps this API: tasks are made by importing images.
 * https://docs.openstack.org/api-ref/image/v2/#tasks
 */
const list = route({
  operation: 'tasks:list',
  method: 'GET',
  path: '/tasks',
  query: ListQuery,
  async handler({ app, query }) {
    const key = (query.sort_key as 'created_at' | undefined) ?? 'created_at';
    const direction = query.sort_dir === 'asc' ? 'asc' : 'desc';
    const limit = Math.min(query.limit === undefined ? 25 : Number(query.limit), 1000);
    const { read } = app.store;
    const after =
      query.marker === undefined
        ? null
        : await read.selectFrom('image_tasks').selectAll().where('id', '=', query.marker).executeTakeFirst();
    if (after === undefined) throw badRequest(`No task found for marker ${query.marker}.`);
    const rows = await read
      .selectFrom('image_tasks')
      .selectAll()
      .$if(query.status !== undefined, (select) => select.where('status', '=', query.status as 'pending'))
      .$if(query.type !== undefined, (select) => select.where('type', '=', query.type ?? ''))
      .$if(after !== null, (select) =>
        select.where((where) => {
          const beyond = direction === 'asc' ? '>' : '<';
          const value = after?.[key] ?? 0;
          return where.or([
            where(key, beyond, value),
            where.and([where(key, '=', value), where('id', beyond, after?.id ?? '')]),
          ]);
        }),
      )
      .orderBy(key, direction)
      .orderBy('id', direction)
      .limit(limit)
      .execute();
    const last = rows.length > 0 && rows.length === limit ? rows.at(-1) : undefined;
    return ok({
      // As in Glance, a list leaves out what can be large.
      tasks: rows.map((row) => {
        const brief = Object.entries(taskView(row)).filter(([name]) => !['input', 'result', 'message'].includes(name));
        return { ...Object.fromEntries(brief), self: `/v2/tasks/${row.id}`, schema: '/v2/schemas/task' };
      }),
      first: linkTo(query, null),
      ...(last && { next: linkTo(query, last.id) }),
      schema: '/v2/schemas/tasks',
    });
  },
});

function linkTo(query: Record<string, unknown>, marker: string | null): string {
  const asked = Object.entries({ ...query, marker }).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return asked.length === 0 ? '/v2/tasks' : `/v2/tasks?${new URLSearchParams(asked).toString()}`;
}

const show = route({
  operation: 'tasks:show',
  method: 'GET',
  path: '/tasks/:task_id',
  params: Type.Object({ task_id: Type.String() }),
  async handler({ app, params }) {
    const row = await app.store.read
      .selectFrom('image_tasks')
      .selectAll()
      .where('id', '=', params.task_id)
      .executeTakeFirst();
    if (!row) throw notFound(`Task ${params.task_id} could not be found.`);
    return ok({ ...taskView(row), self: `/v2/tasks/${row.id}`, schema: '/v2/schemas/task' });
  },
});

const schemas = [taskSchema, tasksSchema].map((schema) =>
  route({
    operation: `schemas:${schema.name}`,
    method: 'GET',
    path: `/schemas/${schema.name}`,
    handler: async () => ok(schema),
  }),
);

export const taskRoutes: readonly Route[] = [list, show, ...schemas];
