import { ApiError, conflict } from '../core/errors.ts';
import type { GuestPasswordAnswer, GuestPasswordWish } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { assertUnlocked } from './delete.ts';
import { hardwareOf } from './hardware.ts';
import { metadataOfServer, type ServerRow } from './model.ts';
import { noteAction } from './server-actions.ts';
import { serverById } from './servers-store.ts';
import { assertPermitted } from './states.ts';
import { readAll, tunnelsOf } from './tunnels.ts';

const MOST = 16 * 1024;
/** Longer than the host waits for the guest. */
const WITHIN = 45_000;

/**
 * Sets the password of the administrator of a running guest, through the agent in it. Throws ApiError 409 when its image
 * promises no agent or the agent refuses, 501 when no agent answers, as Nova with libvirt does.
 * https://docs.openstack.org/api-ref/compute/#change-administrative-password-changepassword-action
 */
export async function changeServerPassword(app: App, context: Context, id: string, password: string): Promise<void> {
  const server = await serverById(app.store.read, context, id);
  assertUnlocked(context, server);
  assertPermitted('changePassword', server);
  if (!hardwareOf(server).guestAgent || server.host_id === null) {
    throw conflict(
      `QEMU guest agent is not enabled for instance ${server.id}: its image needs the property hw_qemu_guest_agent=yes, and qemu-guest-agent inside. Log in with your key, or rebuild with adminPass.`,
      'QemuGuestAgentNotEnabled',
    );
  }
  const user = adminOf(server);
  const answer = await askHost(app, server.host_id, server, { user, password });
  const why = answer.outcome === 'done' ? null : whyNot(server, user, answer);
  await app.store.transaction(async (tx) => {
    const outcome = { result: why === null ? ('Success' as const) : ('Error' as const), details: why };
    await noteAction(tx, context, server, 'changePassword', 'compute_set_admin_password', outcome);
    await writeAudit(tx, context, 'compute:servers:changePassword', server.id, { user, outcome: answer.outcome });
  });
  if (answer.outcome === 'silent') throw new ApiError(501, 'NotImplemented', why ?? '');
  if (why !== null) throw conflict(why, 'InstancePasswordSetFailed');
}

/** Whose password it is: the image's `os_admin_user`, else root, or Administrator of a Windows. */
function adminOf(server: ServerRow): string {
  const { os_admin_user: named, os_type: type } = metadataOfServer(server)?.properties ?? {};
  return named ?? (type === 'windows' ? 'Administrator' : 'root');
}

function whyNot({ id }: ServerRow, user: string, answer: GuestPasswordAnswer): string {
  const failed = `Failed to set the password of ${user} on instance ${id}`;
  if (answer.outcome === 'refused') return `${failed}: the agent in the guest refused (${answer.reason}).`;
  return `${failed}: the agent in the guest does not answer. Is qemu-guest-agent installed, and has it started?`;
}

async function askHost(
  app: App,
  host: NonNullable<ServerRow['host_id']>,
  server: ServerRow,
  wish: GuestPasswordWish,
): Promise<GuestPasswordAnswer> {
  const socket = await tunnelsOf(app).open(host, server.id, 'guest-password');
  socket.send(JSON.stringify(wish));
  const text = (await readAll(socket, MOST, WITHIN)).toString('utf8');
  try {
    return JSON.parse(text) as GuestPasswordAnswer;
  } catch {
    throw conflict(`The host of instance ${server.id} did not say whether the password was set. Try again.`);
  }
}
