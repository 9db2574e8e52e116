import { OperatorError, messageOf } from '../core/errors.ts';
import type { AttachmentId, ServerId } from '../core/ids.ts';
import { localLayers, type Step } from './converge.ts';
import type { HostServer } from './document.ts';
import type { Drivers, VolumeDisk } from './drivers.ts';
import type { Ledger } from './ledger.ts';
import { TryLater } from './workers.ts';
import { wishesOf } from './wishes.ts';

export interface ServerActs {
  drivers: Drivers;
  ledger: Ledger;
  /** Runs the costly steps of few servers at a time. */
  limit: <T>(work: () => Promise<T>) => Promise<T>;
  /** Ports that a server had, as far as anyone remembers; what is forgotten is collected with the strays. */
  portsOf: (server: ServerId) => readonly string[];
  refused: Map<AttachmentId, string>;
  onChange: () => void;
}

const BY_HAND = 'Files of a server are in its directory on the host; qemu-img convert makes an image of them.';

/** Carries out one step of one server. */
export async function actServer(
  acts: ServerActs,
  id: ServerId,
  step: Step,
  want: HostServer | null,
  interrupt: AbortSignal,
): Promise<void> {
  const { drivers, ledger, limit, refused } = acts;
  const { machines, disks, ports } = drivers;
  // A server that is new may begin before the document that tells of it is on the disk: after a crash in between, the
  // agent takes what there is for a stray, and begins anew when it is told again.
  if (step.do !== 'build' || ledger.done(id).build > 0) await ledger.accepted();
  if (step.do === 'remove') {
    const mine = acts.portsOf(id);
    await machines.stop(id, 0);
    await ports.detach(mine);
    await disks.remove(id);
    return ledger.forget(id);
  }
  if (step.do === 'stop') return machines.stop(id, step.softSeconds, interrupt);
  if (step.do === 'copy') {
    const upload = wishesOf(ledger.document).uploads.get(step.image);
    if (!upload) return;
    const server = want ?? ledger.kept(id);
    if (!server?.disk) throw new OperatorError(`Server ${id} has no disk of its own that is known here.`, BY_HAND);
    const target = drivers.uploads.target(upload);
    if (machines.list().has(id)) await machines.copy(id, target, interrupt);
    else await disks.copy(server, target, interrupt);
    return ledger.recordUpload(upload.id, { sent: false });
  }
  if (want === null) return;
  const volumeDisks = (ids?: readonly AttachmentId[]): VolumeDisk[] =>
    want.attachments
      .filter((one) => ids === undefined || ids.includes(one.id))
      .map((attachment) => ({ attachment, sizeGib: ledger.volume(attachment.volumeId).sizeGib }));
  /** A disk that cannot be plugged in is a trouble of its own, not of the server. */
  const eachDisk = async (ids: readonly AttachmentId[], work: (disk: VolumeDisk) => Promise<void>) => {
    for (const disk of volumeDisks(ids)) {
      try {
        await work(disk);
      } catch (error) {
        if (error instanceof TryLater) throw error;
        refused.set(disk.attachment.id, messageOf(error));
      }
    }
  };

  switch (step.do) {
    case 'build': {
      // What a volume or a rescue will be like is not known before it is there.
      const isKnown = want.power === 'running' && want.attachments.length === 0 && want.rescue === null;
      const own = async () => {
        await machines.discard(id);
        const ahead = isKnown ? { ...(await disks.open(want, false)), volumes: [] } : null;
        await Promise.all([machines.prepare(want, ahead), disks.create(want, interrupt)]);
      };
      // The ports first: after the switch, OVN has work with them.
      await limit(() => Promise.all([ports.attach(want, want.ports), own()]));
      const recorded = ledger.record(id, { build: want.build, boot: 0, ...layersOf(want), ended: null });
      if (!isKnown) return recorded;
      // The start that follows waits for it, but only at its end.
      recorded.catch(() => undefined);
      return;
    }
    case 'resize':
      await disks.resize(want);
      return ledger.record(id, layersOf(want));
    case 'start': {
      for (const { id: attachment } of want.attachments) refused.delete(attachment);
      const settled = ledger.settled();
      settled.catch(() => undefined);
      await limit(async () => {
        const [own] = await Promise.all([disks.open(want, step.resume), ports.attach(want, want.ports)]);
        await machines.start(want, { ...own, volumes: volumeDisks() }, step.resume, settled);
      });
      acts.onChange();
      return ledger.record(id, { boot: want.boot, ended: null });
    }
    case 'note-boot':
      return ledger.record(id, { boot: want.boot, ended: null });
    case 'pause':
      return machines.pause(id);
    case 'unpause':
      return machines.unpause(id);
    case 'suspend':
      return machines.suspend(id);
    case 'discard':
      return machines.discard(id);
    case 'plug': {
      const missing = want.ports.filter((port) => step.ports.includes(port.id));
      await ports.attach(want, missing);
      for (const port of missing) await machines.plug(want, port);
      return;
    }
    case 'unplug':
      for (const port of step.ports) await machines.unplug(id, port);
      return ports.detach(step.ports);
    case 'plug-disks':
      return eachDisk(step.disks, (disk) => machines.plugDisk(want, disk));
    case 'grow-disks':
      return eachDisk(step.disks, (disk) => machines.growDisk(id, disk));
    case 'unplug-disks':
      for (const disk of step.disks) await machines.unplugDisk(id, disk);
      return;
  }
}

function layersOf(want: HostServer) {
  return { layersGib: want.disk?.layersGib ?? [], localLayers: localLayers(want) };
}
