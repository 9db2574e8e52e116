import type { AttachmentId, ImageId } from '../core/ids.ts';
import type {
  AttachmentReport,
  HostAttachment,
  HostServer,
  KeptServer,
  ServerReport,
  ServerState,
} from './document.ts';
import type { Machine } from './drivers.ts';
import type { Done } from './ledger.ts';

/** One thing to do for one server. After each one the next is decided afresh from what is then the case. */
export type Step =
  | { do: 'build' }
  | { do: 'resize' }
  | { do: 'start'; resume: boolean }
  | { do: 'stop'; softSeconds: number }
  | { do: 'pause' }
  | { do: 'unpause' }
  | { do: 'suspend' }
  | { do: 'discard' }
  | { do: 'plug'; ports: string[] }
  | { do: 'unplug'; ports: string[] }
  | { do: 'plug-disks'; disks: AttachmentId[] }
  | { do: 'unplug-disks'; disks: AttachmentId[] }
  | { do: 'grow-disks'; disks: AttachmentId[] }
  | { do: 'copy'; image: ImageId }
  | { do: 'note-boot' }
  | { do: 'remove' };

/** How far a volume is that a server wants. */
export interface VolumeStanding {
  /** Built as wished, and served to QEMU. */
  ready: boolean;
  /** Built, whether or not it is served at the moment. */
  built: boolean;
  sizeGib: number;
  /** Why it will not become ready. */
  failure: string | null;
}

/** What is the case for one server: from the ledger and from the drivers. */
export interface Seen {
  done: Done;
  machine: Machine | null;
  /** A complete saved state is on disk. */
  saved: boolean;
  volume: (attachment: HostAttachment) => VolumeStanding;
  /** Attachments that could not be plugged in, and why. */
  refused: ReadonlyMap<AttachmentId, string>;
  /** Images to be made of its disk of which there is no copy yet. */
  copies: readonly ImageId[];
  /** It is kept though nobody wishes for it. */
  isKept: boolean;
  /** What was last wished of it then, if that is known. */
  kept: HostServer | null;
}

/** For how long a guest that nobody knows any more is asked to end. */
const KEPT_SOFT_SECONDS = 60;

/**
 * The next step on the way from what is to what should be, or null when they are the same or something else has to
 * happen first. Pure; the whole of what the agent does for a server is this function called until it answers null.
 */
export function nextStep(want: HostServer | null, seen: Seen): Step | null {
  const { done, machine, saved } = seen;
  if (want === null && seen.isKept) {
    return machine ? { do: 'stop', softSeconds: KEPT_SOFT_SECONDS } : copyStep(seen);
  }
  if (want === null) return { do: 'remove' };
  if (want.build > done.build) return machine ? { do: 'stop', softSeconds: 0 } : { do: 'build' };
  const soft = want.shutdown === 'soft' ? want.softSeconds : 0;

  if (want.power === 'stopped') {
    if (machine) return { do: 'stop', softSeconds: soft };
    if (saved) return { do: 'discard' };
    if (needsResize(want, done)) return { do: 'resize' };
    return want.boot > done.boot || done.ended ? { do: 'note-boot' } : copyStep(seen);
  }
  if (want.power === 'suspended') {
    if (machine) return { do: 'suspend' };
    return copyStep(seen);
  }

  if (machine) {
    if (machine.boot < want.boot) return { do: 'stop', softSeconds: soft };
    if (done.boot < machine.boot || done.ended) return { do: 'note-boot' };
    return changePorts(want, machine) ?? changeDisks(want, machine, seen) ?? changeRest(want, machine, seen);
  }

  const waits = want.attachments.some((attachment) => !seen.volume(attachment).ready);
  // A saved state is continued whether or not the count of boots grew: throwing away memory is never the safer guess.
  if (saved) return waits ? null : { do: 'start', resume: true };
  if (stays(want, done)) return copyStep(seen);
  if (needsResize(want, done)) return { do: 'resize' };
  return waits ? null : { do: 'start', resume: false };
}

function changePorts(want: HostServer, machine: Machine): Step | null {
  const wanted = want.ports.map((port) => port.id);
  const surplus = machine.ports.filter((port) => !wanted.includes(port));
  if (surplus.length > 0) return { do: 'unplug', ports: surplus };
  const missing = wanted.filter((port) => !machine.ports.includes(port));
  return missing.length > 0 ? { do: 'plug', ports: missing } : null;
}

function changeDisks(want: HostServer, machine: Machine, seen: Seen): Step | null {
  const plugged = new Map(machine.disks.map((disk) => [disk.id, disk]));
  const missing = want.attachments.filter(
    (one) => !plugged.has(one.id) && seen.volume(one).ready && !seen.refused.has(one.id),
  );
  if (missing.length > 0) return { do: 'plug-disks', disks: missing.map(({ id }) => id) };
  const grown = want.attachments.filter((one) => {
    const disk = plugged.get(one.id);
    const standing = seen.volume(one);
    return disk !== undefined && standing.ready && standing.sizeGib > disk.sizeGib && !seen.refused.has(one.id);
  });
  return grown.length > 0 ? { do: 'grow-disks', disks: grown.map(({ id }) => id) } : null;
}

function changeRest(want: HostServer, machine: Machine, seen: Seen): Step | null {
  if (want.power === 'paused' && machine.state === 'running') return { do: 'pause' };
  if (want.power === 'running' && machine.state === 'paused') return { do: 'unpause' };
  const copy = copyStep(seen);
  if (copy) return copy;
  // Last, because a guest may take its time to let go.
  const surplus = machine.disks.filter(({ id }) => !want.attachments.some((one) => one.id === id));
  return surplus.length > 0 ? { do: 'unplug-disks', disks: surplus.map(({ id }) => id) } : null;
}

function copyStep({ copies: [image] }: Seen): Step | null {
  return image === undefined ? null : { do: 'copy', image };
}

/** Whether a machine that should run and does not is to be left as it is. */
function stays(want: HostServer, done: Done): boolean {
  if (want.boot > done.boot) return false;
  if (done.ended?.byGuest) return true;
  return want.onFailure === 'stop';
}

function needsResize(want: HostServer, done: Done): boolean {
  return differ(want.disk?.layersGib ?? [], done.layersGib) || differ(localLayers(want), done.localLayers ?? []);
}

function differ<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length !== b.length || a.some((one, i) => one !== b[i]);
}

/** The layers of the disks beside the root disk: what is in the ledger once they are made. */
export function localLayers({ localDisks }: Pick<HostServer, 'localDisks'>): string[] {
  return localDisks.flatMap(({ name, layersMib }) => layersMib.map((mib, i) => `${name}-${i}-${mib}`));
}

/** What to say of a server. `failure` is why its last step failed for good. */
export function describe(want: HostServer | null, seen: Seen, failure: string | null, id: string): ServerReport {
  const { done, machine } = seen;
  const why = failure ?? (want === null ? null : waitsForEver(want, seen));
  const state = stateOf(want, seen, why);
  return {
    id,
    state,
    build: done.build,
    boot: machine ? Math.max(done.boot, machine.boot) : done.boot,
    reason: why ?? (state === 'stopped' && want?.power !== 'stopped' ? reasonOf(done) : null),
    startedAt: machine?.startedAt ?? null,
    attachments: attachmentsOf(want, seen),
    ...(done.layersGib.length > 1 && { layersGib: done.layersGib }),
    ...(seen.isKept && seen.kept && { kept: rememberedOf(seen.kept) }),
  };
}

function rememberedOf({ metadata, disk }: HostServer): KeptServer {
  const { name, projectId, flavorName } = metadata;
  return { name, projectId, flavorName, diskGib: disk?.layersGib.at(-1) ?? null };
}

/** The failure of a volume without which the server cannot be started as wished. */
function waitsForEver(want: HostServer, seen: Seen): string | null {
  if (seen.machine || seen.done.build < want.build || (want.power !== 'running' && want.power !== 'paused'))
    return null;
  if (!seen.saved && stays(want, seen.done)) return null;
  return want.attachments.map((one) => seen.volume(one).failure).find((failure) => failure !== null) ?? null;
}

function attachmentsOf(want: HostServer | null, seen: Seen): AttachmentReport[] {
  const wanted = want?.attachments ?? [];
  const refused = wanted.flatMap(({ id }): AttachmentReport[] => {
    const reason = seen.refused.get(id);
    return reason === undefined ? [] : [{ id, state: 'error', reason }];
  });
  const plugged = seen.machine?.disks ?? wanted.filter((one) => seen.volume(one).built && !seen.refused.has(one.id));
  const isRefused = (id: string) => refused.some((one) => one.id === id);
  const attached = plugged.filter(({ id }) => !isRefused(id));
  return [...attached.map(({ id }): AttachmentReport => ({ id, state: 'attached', reason: null })), ...refused];
}

function reasonOf(done: Done): string {
  return done.ended?.reason ?? 'QEMU was found ended when the agent started.';
}

function stateOf(want: HostServer | null, seen: Seen, failure: string | null): ServerState {
  const { done, machine, saved } = seen;
  if (failure !== null) return 'error';
  if (want !== null && want.build > done.build) return 'building';
  if (machine) return machine.state;
  if (saved) return 'suspended';
  const step = nextStep(want, seen);
  if (step?.do === 'start' || step?.do === 'resize') return 'building';
  const shouldRun = want !== null && (want.power === 'running' || want.power === 'paused');
  return shouldRun && !stays(want, done) ? 'building' : 'stopped';
}
