import { setTimeout as sleep } from 'node:timers/promises';
import type { AttachmentId, ImageId, ServerId, SnapshotId, VolumeId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { actServer } from './act-server.ts';
import { actVolume } from './act-volume.ts';
import { describe, nextStep, type Seen, type Step, type VolumeStanding } from './converge.ts';
import { describeVolume, nextVolumeStep, type VolumeSeen, type VolumeStep } from './converge-volumes.ts';
import type { HostAttachment, HostImage, HostReport, HostServer, HostUpload, HostVolume } from './document.ts';
import type { Drivers } from './drivers.ts';
import { createLimit } from './exec.ts';
import { createFetchAhead } from './fetch-ahead.ts';
import { layersOfSnapshot, topOf } from './layers.ts';
import type { Ledger } from './ledger.ts';
import { wishesOf } from './wishes.ts';
import { createWorkers, type Kind } from './workers.ts';

/** Carries out what the ledger's document wants: servers and volumes side by side, the steps of each one by one. */
export interface Executor {
  /** Compares everything with the document and goes on with what differs. Returns at once. */
  wake(): void;
  /** What to report; servers that left the document are in it until nothing of them is left, volumes too. */
  report(): Pick<HostReport, 'servers' | 'volumes' | 'uploads'>;
  /** Resolves when no step is under way. */
  idle(): Promise<void>;
  /** Begins no further step, and resolves when those under way have ended or been given up. */
  close(): Promise<void>;
}

export interface ExecutorOptions {
  drivers: Drivers;
  ledger: Ledger;
  log: Log;
  /** Called whenever `report()` may answer something new. */
  onChange: () => void;
  /** How many servers are built or started at a time. */
  limit?: number;
  /** Milliseconds without work on servers before collecting what nothing uses, at most a second; 0 collects at once. */
  quiet?: number;
  /** Attempts of a step before it is reported as an error, with growing pauses between. */
  attempts?: number;
}

type UploadStep = { do: 'send' } | { do: 'remove' };

export function createExecutor(options: ExecutorOptions): Executor {
  const { drivers, ledger, log, onChange, attempts = 3, quiet = 0 } = options;
  const { machines, volumes, uploads } = drivers;
  const limit = createLimit(options.limit ?? 8);
  const fetchAhead = createFetchAhead(drivers.disks, log);
  const wishes = () => wishesOf(ledger.document);
  const refusedDisks = new Map<AttachmentId, string>();
  const refusedSnapshots = new Map<SnapshotId, string>();
  /** Volumes without files that are not the ledger's. */
  const tidy = new Set<VolumeId>();
  /** Volumes that are being copied into other ones, with the number of those. */
  const readers = new Map<VolumeId, number>();
  let closed = false;
  /** What has left traces on the disk, found at start. */
  let strays: { servers: ServerId[]; volumes: VolumeId[]; uploads: ImageId[] } | null = null;

  const copiesOf = (id: ServerId | VolumeId) =>
    (wishes().uploadsOf.get(id) ?? []).filter((image) => ledger.upload(image) === null);

  const standing = ({ volumeId }: HostAttachment): VolumeStanding => {
    const want = wishes().volumes.get(volumeId);
    const done = ledger.volume(volumeId);
    if (!want) {
      const failure = `Volume ${volumeId} is not on this host.`;
      return { ready: false, built: false, sizeGib: done.sizeGib, failure };
    }
    const built = done.build >= want.build;
    const ready = built && volumes.serving().get(volumeId) === topOf(done.layers);
    const failure = ready ? null : (volumeWorkers.failure(volumeId)?.reason ?? null);
    return { ready, built, sizeGib: done.sizeGib, failure };
  };

  const seen = (id: ServerId): Seen => ({
    done: ledger.done(id),
    machine: machines.list().get(id) ?? null,
    saved: machines.isSuspended(id),
    volume: standing,
    refused: refusedDisks,
    copies: wishes().servers.get(id)?.disk || wishes().kept.has(id) ? copiesOf(id) : [],
    isKept: wishes().kept.has(id),
    kept: ledger.kept(id),
  });

  /** Machines that have the volume plugged in. */
  const machinesWith = (id: VolumeId) =>
    [...machines.list()].flatMap(([server, { disks }]) => (disks.some((disk) => disk.volumeId === id) ? [server] : []));

  const sourceOf = (want: HostVolume | undefined): VolumeSeen['source'] => {
    if (want?.source.kind === 'volume') return isThere(want.source.id) ? 'ready' : 'waits';
    if (want?.source.kind !== 'snapshot' || want.source.volumeId === want.id) return null;
    const { volumeId, id } = want.source;
    if (layersOfSnapshot(ledger.volume(volumeId).layers, id)) return 'ready';
    return wishes()
      .volumes.get(volumeId)
      ?.snapshots.some((one) => one.id === id)
      ? 'waits'
      : 'ready';
  };
  /** Built, or never to be: then building says so. */
  const isThere = (id: VolumeId) => ledger.volume(id).build > 0 || !wishes().volumes.has(id);

  const seenVolume = (id: VolumeId): VolumeSeen => {
    const users = machinesWith(id);
    const wanted = (wishes().serversOf.get(id) ?? []).some(({ power }) => power === 'running' || power === 'paused');
    return {
      done: ledger.volume(id),
      isTidy: tidy.has(id),
      serving: volumes.serving().get(id) ?? null,
      needed: users.length > 0 || (wanted && wishes().volumes.has(id)),
      machines: users.length,
      readers: readers.get(id) ?? 0,
      source: sourceOf(wishes().volumes.get(id)),
      refused: refusedSnapshots,
      copies: copiesOf(id),
      isKept: wishes().kept.has(id),
    };
  };

  const reading = async <T>(volume: VolumeId, work: () => Promise<T>): Promise<T> => {
    readers.set(volume, (readers.get(volume) ?? 0) + 1);
    try {
      return await work();
    } finally {
      readers.set(volume, (readers.get(volume) ?? 1) - 1);
      volumeWorkers.wake(volume);
    }
  };

  const lastPorts = new Map<ServerId, string[]>();
  const portsOf = (id: ServerId) => lastPorts.get(id) ?? machines.list().get(id)?.ports ?? [];
  const lastVolumes = new Map<ServerId, Set<VolumeId>>();

  const servers: Kind<ServerId, HostServer, Step> = {
    name: 'server',
    want(id) {
      const want = wishes().servers.get(id) ?? null;
      if (want) lastPorts.set(id, [...new Set([...(lastPorts.get(id) ?? []), ...want.ports.map((port) => port.id)])]);
      return want;
    },
    next: (id, want) => nextStep(want, seen(id)),
    async act(id, step, want, interrupt) {
      const before = machines.list().get(id)?.disks ?? [];
      lastVolumes.set(id, new Set([...before, ...(want?.attachments ?? [])].map(({ volumeId }) => volumeId)));
      const acts = { drivers, ledger, limit, portsOf, refused: refusedDisks, onChange };
      await actServer(acts, id, step, want, interrupt);
    },
    isSuperseded: (step, served, want, id) => {
      if (step.do === 'stop') return want === null ? !wishes().kept.has(id) : want.shutdown === 'hard';
      if (step.do === 'build') return want === null || want.build !== served?.build;
      const isGone = want === null && !wishes().kept.has(id);
      return step.do === 'copy' && (isGone || !wishes().uploads.has(step.image));
    },
    isPassing: (step) => step.do === 'build',
    onStep(id, step) {
      for (const volume of lastVolumes.get(id) ?? []) volumeWorkers.wake(volume);
      if (step.do === 'copy') uploadWorkers.wake(step.image);
      if (step.do !== 'remove') return;
      lastPorts.delete(id);
      lastVolumes.delete(id);
      if (strays) strays.servers = strays.servers.filter((stray) => stray !== id);
    },
  };

  const volumeKind: Kind<VolumeId, HostVolume, VolumeStep> = {
    name: 'volume',
    want: (id) => wishes().volumes.get(id) ?? null,
    next: (id, want) => nextVolumeStep(want, seenVolume(id)),
    act: (id, step, want, interrupt) =>
      actVolume({ drivers, ledger, limit, refused: refusedSnapshots, tidy, reading }, id, step, want, interrupt),
    isSuperseded: (step, served, want) => {
      if (step.do === 'build') return want === null || want.build !== served?.build;
      return step.do === 'copy' && (want === null || !wishes().uploads.has(step.image));
    },
    onStep(id, step) {
      for (const { id: server } of wishes().serversOf.get(id) ?? []) serverWorkers.wake(server);
      if (step.do === 'copy') uploadWorkers.wake(step.image);
      if (step.do === 'build' || step.do === 'snapshot') wakeClonesOf(id);
      // The image that it rested on may be needed no more.
      if (step.do === 'remove' || step.do === 'build' || step.do === 'drop') collectSoon();
      if (step.do === 'remove' && strays) strays.volumes = strays.volumes.filter((stray) => stray !== id);
    },
  };

  const wakeClonesOf = (id: VolumeId) => {
    for (const { id: other, source } of wishes().volumes.values()) {
      const from = source.kind === 'volume' ? source.id : source.kind === 'snapshot' ? source.volumeId : null;
      if (from === id && other !== id) volumeWorkers.wake(other);
    }
  };

  const uploadKind: Kind<ImageId, HostUpload, UploadStep> = {
    name: 'upload',
    want: (id) => wishes().uploads.get(id) ?? null,
    next(id, want) {
      const done = ledger.upload(id);
      if (want === null) return { do: 'remove' };
      return done !== null && !done.sent ? { do: 'send' } : null;
    },
    async act(id, step, want, interrupt) {
      await ledger.accepted();
      if (step.do === 'remove') {
        await uploads.remove(id);
        return ledger.forgetUpload(id);
      }
      if (want === null) return;
      await uploads.send(want, interrupt);
      return ledger.recordUpload(id, { sent: true });
    },
    isSuperseded: (_step, _served, want) => want === null,
    onStep(id, step) {
      if (step.do === 'remove' && strays) strays.uploads = strays.uploads.filter((stray) => stray !== id);
    },
  };

  const how = { log, onChange, attempts };
  const serverWorkers = createWorkers(servers, how);
  const volumeWorkers = createWorkers(volumeKind, how);
  const uploadWorkers = createWorkers(uploadKind, how);

  const knownServers = () =>
    new Set([
      ...[...wishes().servers.keys(), ...ledger.servers(), ...machines.list().keys(), ...(strays?.servers ?? [])],
      ...serverWorkers.begun(),
    ]);
  const knownVolumes = () =>
    new Set([
      ...[...wishes().volumes.keys(), ...ledger.volumes(), ...volumes.serving().keys(), ...(strays?.volumes ?? [])],
      ...volumeWorkers.begun(),
    ]);
  const knownUploads = () =>
    new Set([
      ...[...wishes().uploads.keys(), ...ledger.uploads(), ...(strays?.uploads ?? [])],
      ...uploadWorkers.begun(),
    ]);

  const wakeAll = () => {
    for (const id of knownVolumes()) volumeWorkers.wake(id);
    for (const id of knownServers()) serverWorkers.wake(id);
    for (const id of knownUploads()) uploadWorkers.wake(id);
  };

  const portsToKeep = () =>
    new Set([
      ...[...wishes().servers.values()].flatMap((server) => server.ports.map((port) => port.id)),
      ...[...machines.list().values()].flatMap((machine) => machine.ports),
    ]);

  /** Starting a server is more urgent than tidying, and both want the processors. */
  const calm = async () => {
    const until = performance.now() + 1_000;
    while (quiet > 0 && !closed) {
      await sleep(quiet, undefined, { ref: false });
      if (serverWorkers.busy().length === 0 || performance.now() > until) return;
    }
  };

  const collect = async () => {
    await calm();
    await ledger.accepted();
    const { document } = ledger;
    if (!document) return;
    if (!strays) {
      const [ofServers, ofVolumes, ofUploads] = await Promise.all([
        drivers.disks.list(),
        volumes.list(),
        uploads.list(),
      ]);
      strays = {
        servers: ofServers.filter((id) => !wishes().servers.has(id)),
        volumes: ofVolumes.filter((id) => !wishes().volumes.has(id)),
        uploads: ofUploads.filter((id) => !wishes().uploads.has(id)),
      };
      wakeAll();
    }
    // As it is when it is asked for: a newer document may come meanwhile, and with it users of an image.
    const inUse = () => ({
      document: ledger.document ?? document,
      used: ledger.volumes().flatMap((id) => ledger.volume(id).layers.flatMap(({ over }) => imageOf(over))),
    });
    await drivers.metadata.apply(document).catch((error: unknown) => log.warn('metadata-failed', { error }));
    await drivers.ports.collect(portsToKeep).catch((error: unknown) => log.warn('port-collection-failed', { error }));
    // What is kept rests on images that the document does not name.
    if (wishes().kept.size === 0) {
      await drivers.disks.collect(inUse).catch((error: unknown) => log.warn('image-collection-failed', { error }));
    }
    void fetchAhead(document);
  };

  let collecting: Promise<void> | null = null;
  let collectAgain = false;
  const collectSoon = () => {
    collectAgain = true;
    collecting ??= (async () => {
      while (collectAgain && !closed) {
        collectAgain = false;
        await collect().catch((error: unknown) => log.warn('collection-failed', { error }));
      }
      collecting = null;
    })();
  };

  const busy = () => [
    ...serverWorkers.busy(),
    ...volumeWorkers.busy(),
    ...uploadWorkers.busy(),
    ...(collecting ? [collecting] : []),
  ];
  const idle = async () => {
    while (busy().length > 0) await Promise.all(busy());
  };

  const forgetRefusals = () => {
    const disks = new Set([...wishes().servers.values()].flatMap((one) => one.attachments.map(({ id }) => id)));
    for (const id of refusedDisks.keys()) if (!disks.has(id)) refusedDisks.delete(id);
    if (refusedSnapshots.size === 0) return;
    const snapshots = new Set([...wishes().volumes.values()].flatMap((one) => one.snapshots.map(({ id }) => id)));
    for (const id of refusedSnapshots.keys()) if (!snapshots.has(id)) refusedSnapshots.delete(id);
  };

  machines.watch((end) => {
    const done = ledger.done(end.server);
    log.info('machine-ended', { server: end.server, reason: end.reason, byGuest: end.byGuest });
    const change = { boot: Math.max(done.boot, end.boot), ended: { reason: end.reason, byGuest: end.byGuest } };
    const noted = wishes().servers.has(end.server) ? ledger.record(end.server, change) : Promise.resolve();
    void noted
      .catch((error: unknown) => log.error('ledger-failed', { error }))
      .finally(() => {
        onChange();
        if (closed) return;
        serverWorkers.wake(end.server);
        for (const { volumeId } of wishes().servers.get(end.server)?.attachments ?? []) volumeWorkers.wake(volumeId);
      });
  }, onChange);
  volumes.watch((volume) => {
    log.warn('storage-daemon-ended', { volume });
    if (!closed) volumeWorkers.wake(volume);
  });

  return {
    wake() {
      if (closed || !ledger.document) return;
      forgetRefusals();
      wakeAll();
      collectSoon();
    },
    report: () => ({
      servers: [...knownServers()]
        .sort()
        .map((id) =>
          describe(wishes().servers.get(id) ?? null, seen(id), serverWorkers.failure(id)?.reason ?? null, id),
        ),
      volumes: [...knownVolumes()]
        .sort()
        .map((id) => describeVolume(volumeKind.want(id), seenVolume(id), volumeWorkers.failure(id), id)),
      uploads: [...wishes().uploads.keys()].map((id) => {
        const reason = uploadWorkers.failure(id)?.reason ?? copyFailure(wishes().uploads.get(id));
        return { id, state: reason === null ? 'running' : 'error', reason };
      }),
    }),
    idle,
    async close() {
      closed = true;
      for (const workers of [serverWorkers, volumeWorkers, uploadWorkers]) workers.close();
      // What is under way may wait for a guest for minutes; an agent that comes back goes on with it.
      const patience = AbortSignal.timeout(3_000);
      await Promise.race([idle(), new Promise((resolve) => patience.addEventListener('abort', resolve))]);
    },
  };

  /** Why there will be no copy to send. */
  function copyFailure(upload: HostUpload | undefined): string | null {
    if (!upload || ledger.upload(upload.id) !== null) return null;
    const { kind, id } = upload.from;
    if (kind === 'server' && !wishes().servers.has(id) && !wishes().kept.has(id))
      return 'The server is not on this host any more.';
    if (kind === 'volume' && !wishes().volumes.has(id)) return 'The volume is not on this host any more.';
    const failure = kind === 'server' ? serverWorkers.failure(id) : volumeWorkers.failure(id);
    return failure?.step.do === 'copy' ? failure.reason : null;
  }
}

function imageOf(over: 'below' | HostImage | null): HostImage[] {
  return over === null || over === 'below' ? [] : [over];
}
