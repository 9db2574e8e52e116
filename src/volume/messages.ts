import { newUuid, type ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Tx } from '../store/store.ts';

/** How long a message is kept: Cinder's `message_ttl`. */
const KEEP = 30 * 86_400_000;

/** Codes of Cinder's messages, which clients may look for: https://docs.openstack.org/cinder/latest/contributor/user_messages.html */
const ACTIONS = {
  create: ['SCHEDULE_ALLOCATE_VOLUME', '001', '001', 'schedule allocate volume'],
  host: ['CREATE_VOLUME', '003', '005', 'create volume'],
  attach: ['ATTACH_VOLUME', '002', '001', 'attach volume'],
  upload: ['COPY_VOLUME_TO_IMAGE', '004', '001', 'copy volume to image'],
  extend: ['EXTEND_VOLUME', '007', '001', 'extend volume'],
  snapshot: ['SNAPSHOT_CREATE', '010', '001', 'create snapshot'],
  backup: ['BACKUP_CREATE', '013', '001', 'create backup'],
  restore: ['BACKUP_RESTORE', '015', '001', 'restore backup'],
} as const;

export type MessageAction = keyof typeof ACTIONS;

/** Leaves a project a message of why something of its own failed after the request had been accepted. */
export async function leaveMessage(
  tx: Tx,
  context: Pick<Context, 'requestId' | 'now'>,
  about: { project_id: ProjectId; id: string },
  action: MessageAction,
  reason: string,
  resourceType: 'VOLUME' | 'VOLUME_SNAPSHOT' | 'VOLUME_BACKUP' = 'VOLUME',
): Promise<void> {
  const [, actionId, detailId, words] = ACTIONS[action];
  await tx.db
    .insertInto('volume_messages')
    .values({
      id: newUuid(),
      project_id: about.project_id,
      request_id: context.requestId,
      resource_type: resourceType,
      resource_uuid: about.id,
      event_id: `${resourceType}_${resourceType}_${actionId}_${detailId}`,
      user_message: `${words}: ${reason}`,
      message_level: 'ERROR',
      created_at: context.now,
      guaranteed_until: context.now + KEEP,
    })
    .execute();
}
