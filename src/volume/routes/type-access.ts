import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { accepted, noContent, ok, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { action } from '../actions.ts';
import { typeById, typeByRef, visibleTypes } from '../types-store.ts';
import { since } from '../versions.ts';
import { actionRoute } from './action.ts';
import { TypeParams } from './types.ts';

const listAccess = since('3.0', {
  operation: 'types:list-access',
  method: 'GET',
  path: '/types/:type_id/os-volume-type-access',
  params: TypeParams,
  async handler({ app, context, params }) {
    const type = await typeById(app.store.read, context, params.type_id);
    if (type.is_public === 1) throw notFound('Access list not available for public volume types.');
    const rows = await app.store.read
      .selectFrom('volume_type_access')
      .selectAll()
      .where('volume_type_id', '=', type.id)
      .orderBy('project_id')
      .execute();
    return ok({ volume_type_access: rows });
  },
});

const Project = Strict({ project: Type.String({ minLength: 1, maxLength: 255 }) });

const accessActions = [
  action('addProjectAccess', {
    body: Project,
    async run({ app, context, id, input }) {
      await app.store.transaction(async (tx) => {
        const type = await typeById(tx.db, context, id);
        if (type.is_public === 1) throw conflict('Type access modification is not applicable to public volume type.');
        const row = { volume_type_id: type.id, project_id: input.project };
        const { numInsertedOrUpdatedRows } = await tx.db
          .insertInto('volume_type_access')
          .values(row)
          .onConflict((conflicting) => conflicting.doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 0n) throw conflict(`Volume type access for ${input.project} already exists.`);
        await writeAudit(tx, context, 'volume:types:add-access', type.id, { project: input.project });
      });
      return accepted();
    },
  }),
  action('removeProjectAccess', {
    body: Project,
    async run({ app, context, id, input }) {
      await app.store.transaction(async (tx) => {
        const type = await typeById(tx.db, context, id);
        if (type.is_public === 1) throw conflict('Type access modification is not applicable to public volume type.');
        const { numDeletedRows } = await tx.db
          .deleteFrom('volume_type_access')
          .where('volume_type_id', '=', type.id)
          .where('project_id', '=', input.project)
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw notFound(`Volume type access not found for ${type.id} / ${input.project}.`);
        await writeAudit(tx, context, 'volume:types:remove-access', type.id, { project: input.project });
      });
      return accepted();
    },
  }),
];

const DefaultParams = Strict({ project_id: Type.String() });

/** A default type of a project's own, since 3.62. */
const defaultRoutes: Route[] = [
  since('3.62', {
    operation: 'default-types:list',
    method: 'GET',
    path: '/default-types',
    async handler({ app }) {
      const rows = await app.store.read.selectFrom('volume_default_types').selectAll().orderBy('project_id').execute();
      return ok({ default_types: rows });
    },
  }),
  since('3.62', {
    operation: 'default-types:show',
    method: 'GET',
    path: '/default-types/:project_id',
    params: DefaultParams,
    async handler({ app, params }) {
      const row = await app.store.read
        .selectFrom('volume_default_types')
        .selectAll()
        .where('project_id', '=', params.project_id)
        .executeTakeFirst();
      if (!row) throw notFound(`Default type for project ${params.project_id} not found.`);
      return ok({ default_type: row });
    },
  }),
  since('3.62', {
    operation: 'default-types:set',
    method: 'PUT',
    path: '/default-types/:project_id',
    params: DefaultParams,
    body: Strict({ default_type: Strict({ volume_type: Type.String({ minLength: 1, maxLength: 255 }) }) }),
    async handler({ app, context, params, body }) {
      const row = await app.store.transaction(async (tx) => {
        const type = await typeByRef(tx.db, context, body.default_type.volume_type);
        const usable = await visibleTypes(tx.db, { ...context, isAdmin: false, projectId: params.project_id as never })
          .where('id', '=', type.id)
          .executeTakeFirst();
        if (!usable)
          throw badRequest(`Project ${params.project_id} may not use volume type ${type.name}: give it access first.`);
        const values = { project_id: params.project_id, volume_type_id: type.id };
        await tx.db
          .insertInto('volume_default_types')
          .values(values)
          .onConflict((known) => known.column('project_id').doUpdateSet({ volume_type_id: type.id }))
          .execute();
        await writeAudit(tx, context, 'volume:default-types:set', params.project_id, { type: type.id });
        return values;
      });
      return ok({ default_type: row });
    },
  }),
  since('3.62', {
    operation: 'default-types:unset',
    method: 'DELETE',
    path: '/default-types/:project_id',
    params: DefaultParams,
    async handler({ app, context, params }) {
      await app.store.transaction(async (tx) => {
        await tx.db.deleteFrom('volume_default_types').where('project_id', '=', params.project_id).execute();
        await writeAudit(tx, context, 'volume:default-types:unset', params.project_id);
      });
      return noContent();
    },
  }),
];

export const typeAccessRoutes: Route[] = [listAccess, actionRoute('types', accessActions), ...defaultRoutes];
