import { badRequest } from '../../core/errors.ts';
import type { Call } from '../../http/route.ts';
import { tagsOf, type ProjectRow } from '../store/projects.ts';
import { flag, type Query } from './common.ts';
import { renderProject } from './projects.ts';

type Tree = { [id: string]: Tree | null };

/** What `parents_as_list`, `parents_as_ids`, `subtree_as_list` and `subtree_as_ids` add to a project. */
export async function hierarchy(
  call: Pick<Call, 'app'>,
  project: ProjectRow,
  given: { query: Query; above: readonly ProjectRow[]; below: readonly ProjectRow[] },
): Promise<{ parents?: object; subtree?: object | null }> {
  const { query, above, below } = given;
  const wants = (name: string) => flag(query, name) === true;
  for (const side of ['parents', 'subtree']) {
    if (wants(`${side}_as_list`) && wants(`${side}_as_ids`)) {
      throw badRequest(`Cannot use ${side}_as_list and ${side}_as_ids query params at the same time.`);
    }
  }
  const tags = await tagsOf(
    call.app.store.read,
    [...above, ...below].map((row) => row.id),
  );
  const asList = (rows: readonly ProjectRow[]) =>
    rows.map((row) => ({ project: renderProject(call, row, tags.get(row.id) ?? []) }));
  return {
    ...(wants('parents_as_list') && { parents: asList(above) }),
    ...(wants('parents_as_ids') && { parents: parentIds(project, above) }),
    ...(wants('subtree_as_list') && { subtree: asList(below) }),
    ...(wants('subtree_as_ids') && { subtree: subtreeIds(project.id, below) }),
  };
}

/** `{parent: {grandparent: {domain: null}}}` */
function parentIds(project: ProjectRow, above: readonly ProjectRow[]): Tree {
  let tree: Tree | null = project.domain_id === null ? null : { [project.domain_id]: null };
  for (const row of above.toReversed()) tree = { [row.id]: tree };
  return tree ?? {};
}

/** `{child: {grandchild: null}}`, null for a leaf. */
function subtreeIds(id: string, below: readonly ProjectRow[]): Tree | null {
  const children = below.filter((row) => row.parent_id === id);
  if (children.length === 0) return null;
  return Object.fromEntries(children.map((child) => [child.id, subtreeIds(child.id, below)]));
}
