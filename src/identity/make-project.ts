import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { giveProjectNetwork } from '../network/index.ts';
import type { Tx } from '../store/store.ts';
import { insertProject, type NewProject, type ProjectRow } from './store/projects.ts';

/**
 * Makes a project or a domain, and where the operator wants it so, gives a project what a first server needs. Throws
 * ApiError 409 for a taken name, 400, 403 or 404 for a place that cannot be.
 */
export async function makeProject(
  app: Pick<App, 'config'>,
  tx: Tx,
  context: Context,
  project: NewProject,
): Promise<ProjectRow> {
  const row = await insertProject(tx, context.now, project);
  if (app.config.projectNetworks && row.is_domain === 0) await giveProjectNetwork(tx, context, row);
  return row;
}
