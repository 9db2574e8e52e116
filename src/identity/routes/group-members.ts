import { notFound } from '../../core/errors.ts';
import { noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { managesDomain, requireManager, requireSeesAll } from '../policy.ts';
import { projectIdsOfUser } from '../store/assignments.ts';
import { getUser } from '../store/users.ts';
import { identityState } from '../tokens/state.ts';
import { all, AnyQuery, collection, filtersOf, IdParams, missing, oneOf } from '../wire/common.ts';
import { expiryFilter, renderGroup, renderUser } from '../wire/users.ts';
import { managedGroup, visibleGroup } from './groups.ts';
import { visibleUser } from './users.ts';
import { answerProjects } from './lists.ts';

const listMembers = route({
  operation: 'group-members:list',
  method: 'GET',
  path: '/groups/:group_id/users',
  params: IdParams('group_id'),
  query: AnyQuery,
  async handler(call) {
    const { app, context, params, query } = call;
    const group = await visibleGroup(app.store.read, context, params.group_id);
    const rows = await app.store.read
      .selectFrom('users')
      .innerJoin('user_group_members as member', 'member.user_id', 'users.id')
      .selectAll('users')
      .where('member.group_id', '=', group.id)
      .$if(context.domainId !== null, (select) => select.where('users.domain_id', '=', context.domainId ?? ''))
      .where(
        all([
          ...filtersOf(query, 'users', { name: 'text', domain_id: 'text', enabled: 'bool' }),
          ...expiryFilter(query),
        ]),
      )
      .orderBy('users.name')
      .orderBy('users.id')
      .execute();
    return ok(collection(call, 'users', rows, (row) => renderUser(call, row)));
  },
});

const listGroupsOfUser = route({
  operation: 'users:list-groups',
  method: 'GET',
  path: '/users/:user_id/groups',
  params: IdParams('user_id'),
  query: AnyQuery,
  async handler(call) {
    const { app, context, params, query } = call;
    const user = await visibleUser(app.store.read, context, params.user_id);
    const rows = await app.store.read
      .selectFrom('user_groups')
      .innerJoin('user_group_members as member', 'member.group_id', 'user_groups.id')
      .selectAll('user_groups')
      .where('member.user_id', '=', user.id)
      .$if(context.domainId !== null, (select) => select.where('user_groups.domain_id', '=', context.domainId ?? ''))
      .where(all(filtersOf(query, 'user_groups', { name: 'text' })))
      .orderBy('user_groups.name')
      .orderBy('user_groups.id')
      .execute();
    return ok(collection(call, 'groups', rows, (row) => renderGroup(call, row)));
  },
});

const listProjectsOfUser = route({
  operation: 'users:list-projects',
  method: 'GET',
  path: '/users/:user_id/projects',
  params: IdParams('user_id'),
  query: AnyQuery,
  async handler(call) {
    const { app, context, params, query } = call;
    const db = app.store.read;
    const user = await visibleUser(db, context, params.user_id);
    // Roles may reach into other domains, which a domain's reader does not see.
    if (user.id !== context.userId && context.domainId === null) requireSeesAll(context, 'list_user_projects');
    const rows = await db
      .selectFrom('projects')
      .selectAll()
      .where('is_domain', '=', 0)
      .where(oneOf('projects.id', await projectIdsOfUser(db, user.id)))
      .where(all(filtersOf(query, 'projects', { name: 'text', domain_id: 'text', enabled: 'bool' })))
      .orderBy('name')
      .orderBy('id')
      .execute();
    return answerProjects(call, rows);
  },
});

const membership = IdParams('group_id', 'user_id');

async function isMember(db: Reader, groupId: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('user_group_members')
    .select('user_id')
    .where('group_id', '=', groupId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

const notMember = (userId: string, groupId: string) => notFound(`User '${userId}' not found in group '${groupId}'.`);

const check = route({
  operation: 'group-members:check',
  method: 'GET',
  path: '/groups/:group_id/users/:user_id',
  params: membership,
  async handler({ app, context, params }): Promise<Reply> {
    const db = app.store.read;
    const group = await visibleGroup(db, context, params.group_id);
    const user = await visibleUser(db, context, params.user_id);
    if (!(await isMember(db, group.id, user.id))) throw notMember(user.id, group.id);
    return noContent();
  },
});

const add = route({
  operation: 'group-members:add',
  method: 'PUT',
  path: '/groups/:group_id/users/:user_id',
  params: membership,
  async handler({ app, context, params }): Promise<Reply> {
    requireManager(context, 'add_user_to_group');
    await app.store.transaction(async (tx) => {
      const group = await managedGroup(tx.db, context, params.group_id);
      const user = await getUser(tx.db, params.user_id);
      if (!managesDomain(context, user.domain_id)) throw missing('user', user.id);
      // What an identity provider said for a while is said here for good.
      const added = await tx.db
        .insertInto('user_group_members')
        .values({ group_id: group.id, user_id: user.id })
        .onConflict((conflict) =>
          conflict
            .columns(['group_id', 'user_id'])
            .doUpdateSet({ identity_provider_id: null, expires_at: null })
            .where('user_group_members.expires_at', 'is not', null),
        )
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows === 0n) return;
      await writeAudit(tx, context, 'identity:group-members:add', group.id, { user_id: user.id });
    });
    return noContent();
  },
});

const remove = route({
  operation: 'group-members:remove',
  method: 'DELETE',
  path: '/groups/:group_id/users/:user_id',
  params: membership,
  async handler({ app, context, params }): Promise<Reply> {
    requireManager(context, 'remove_user_from_group');
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const group = await managedGroup(tx.db, context, params.group_id);
      const user = await getUser(tx.db, params.user_id);
      if (!(await isMember(tx.db, group.id, user.id))) throw notMember(user.id, group.id);
      await tx.db
        .deleteFrom('user_group_members')
        .where('group_id', '=', group.id)
        .where('user_id', '=', user.id)
        .execute();
      // The tokens may rest on what the group was granted.
      await revocations.revoke(tx, 'user', user.id);
      await writeAudit(tx, context, 'identity:group-members:remove', group.id, { user_id: user.id });
    });
    return noContent();
  },
});

export const groupMemberRoutes = [listMembers, listGroupsOfUser, listProjectsOfUser, check, add, remove];
