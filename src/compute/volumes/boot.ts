import { ApiError, badRequest } from '../../core/errors.ts';
import type { HostId, ImageId, ServerId, SnapshotId, VolumeId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import type { Tx } from '../../store/store.ts';
import { attachVolume, createServerVolume, type ServerVolumeSource } from '../../volume/index.ts';
import type { CreatePlan } from '../create-input.ts';
import { usualBus } from '../local-disks.ts';
import { nextName, type Device } from './devices.ts';

/** A server in the moment it is made. */
export interface NewBoot {
  id: ServerId;
  name: string;
  hostId: HostId;
  zone: string;
}

/**
 * Gives a new server its volumes: makes those that are made for it, and reserves all. The names go by the order in
 * which the guest will see them: the root disk, the host's own further disks, then as the request has them.
 */
export async function attachDevices(
  tx: Tx,
  context: Context,
  server: NewBoot,
  plan: Pick<CreatePlan, 'devices' | 'localDisks' | 'imageMetadata'>,
): Promise<void> {
  const usual = usualBus(plan.imageMetadata?.properties);
  const taken = new Set<string>();
  const rootFirst = [...plan.devices].sort((a, b) => Number(b.bootIndex === 0) - Number(a.bootIndex === 0));
  for (const device of rootFirst) {
    if (device.destination === 'local' && device.source === 'blank') continue;
    const bus = device.bus ?? usual;
    const name = nextName(bus, taken);
    taken.add(name);
    if (device.bootIndex === 0) for (const disk of plan.localDisks) taken.add(disk.device);
    if (device.destination === 'local') continue;
    const volumeId = await volumeOf(tx, context, server, device);
    await attachVolume(tx, context, {
      serverId: server.id,
      hostId: server.hostId,
      volumeId,
      device: name,
      bus,
      bootIndex: device.bootIndex,
      readOnly: false,
      tag: device.tag,
      deleteOnTermination: device.deleteOnTermination,
    });
  }
}

async function volumeOf(tx: Tx, context: Context, server: NewBoot, device: Device): Promise<VolumeId> {
  if (device.source === 'volume') return (device.id ?? '') as VolumeId;
  try {
    return await createServerVolume(tx, context, {
      serverId: server.id,
      hostId: server.hostId,
      name: '',
      sizeGib: device.sizeGib,
      source: sourceOf(device),
      volumeType: device.volumeType,
      availabilityZone: server.zone,
    });
  } catch (error) {
    // A volume type that is not seen is named in the body, not in the path.
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw badRequest(error.publicMessage, error.type);
  }
}

function sourceOf(device: Device): ServerVolumeSource {
  if (device.source === 'image') return { kind: 'image', imageId: (device.id ?? '') as ImageId };
  if (device.source === 'snapshot') return { kind: 'snapshot', snapshotId: (device.id ?? '') as SnapshotId };
  return { kind: 'blank' };
}
