import { badRequest } from '../../core/errors.ts';
import type { HostId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Tx } from '../../store/store.ts';
import { readKept } from '../kept.ts';

/** Takes a host out of the cloud, and with it its certificates. Throws ApiError 400 while something of a user is on it. */
export async function dismissHost(tx: Tx, context: Context, host: { id: HostId; name: string }): Promise<void> {
  const server = await tx.db
    .selectFrom('servers')
    .select('id')
    .where('host_id', '=', host.id)
    .where('deleted', '=', 0)
    .executeTakeFirst();
  if (server) throw badRequest(`Host ${host.name} still has servers, ${server.id} among them: delete those first.`);
  const volume = await tx.db.selectFrom('volumes').select('id').where('host_id', '=', host.id).executeTakeFirst();
  if (volume) throw badRequest(`Host ${host.name} still has volumes, ${volume.id} among them: delete those first.`);
  const kept = (await readKept(tx.db)).find((one) => one.host === host.name);
  if (kept)
    throw badRequest(`Host ${host.name} keeps servers since a restore, ${kept.id} among them: potluck host kept`);
  await tx.db.deleteFrom('aggregate_hosts').where('host', '=', host.name).execute();
  await tx.db.deleteFrom('hosts').where('id', '=', host.id).execute();
  await writeAudit(tx, context, 'compute:services:delete', host.id, { name: host.name });
}
