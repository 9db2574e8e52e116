import type { HostServer, ServerReport, ServerState } from './document.ts';
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
  | { do: 'note-boot' }
  | { do: 'remove' };

/** What is the case for one server: from the ledger and from the drivers. */
export interface Seen {
  done: Done;
  machine: Machine | null;
  /** A complete saved state is on disk. */
  saved: boolean;
}

/**
 * The next step on the way from what is to what should be, or null when they are the same. Pure; the whole of what
 * the agent does for a server is this function called until it answers null.
 */
export function nextStep(want: HostServer | null, { done, machine, saved }: Seen): Step | null {
  if (want === null) return { do: 'remove' };
  if (want.build > done.build) return machine ? { do: 'stop', softSeconds: 0 } : { do: 'build' };
  const soft = want.shutdown === 'soft' ? want.softSeconds : 0;

  if (want.power === 'stopped') {
    if (machine) return { do: 'stop', softSeconds: soft };
    if (saved) return { do: 'discard' };
    if (needsResize(want, done)) return { do: 'resize' };
    return want.boot > done.boot || done.ended ? { do: 'note-boot' } : null;
  }
  if (want.power === 'suspended') {
    if (machine) return { do: 'suspend' };
    return null;
  }

  if (machine) {
    if (machine.boot < want.boot) return { do: 'stop', softSeconds: soft };
    if (done.boot < machine.boot || done.ended) return { do: 'note-boot' };
    const wanted = want.ports.map((port) => port.id);
    const surplus = machine.ports.filter((port) => !wanted.includes(port));
    if (surplus.length > 0) return { do: 'unplug', ports: surplus };
    const missing = wanted.filter((port) => !machine.ports.includes(port));
    if (missing.length > 0) return { do: 'plug', ports: missing };
    if (want.power === 'paused' && machine.state === 'running') return { do: 'pause' };
    if (want.power === 'running' && machine.state === 'paused') return { do: 'unpause' };
    return null;
  }

  // A saved state is continued whether or not the count of boots grew: throwing away memory is never the safer guess.
  if (saved) return { do: 'start', resume: true };
  if (stays(want, done)) return null;
  if (needsResize(want, done)) return { do: 'resize' };
  return { do: 'start', resume: false };
}

/** Whether a machine that should run and does not is to be left as it is. */
function stays(want: HostServer, done: Done): boolean {
  if (want.boot > done.boot) return false;
  if (done.ended?.byGuest) return true;
  return want.onFailure === 'stop';
}

function needsResize(want: HostServer, done: Done): boolean {
  const { layersGib } = want.disk;
  return layersGib.length !== done.layersGib.length || layersGib.some((size, i) => size !== done.layersGib[i]);
}

/** What to say of a server. `failure` is why its last step failed for good, `steps` whether there is more to do. */
export function describe(want: HostServer | null, seen: Seen, failure: string | null, id: string): ServerReport {
  const { done, machine } = seen;
  const state = stateOf(want, seen, failure);
  return {
    id,
    state,
    build: done.build,
    boot: machine ? Math.max(done.boot, machine.boot) : done.boot,
    reason: failure ?? (state === 'stopped' && want?.power !== 'stopped' ? reasonOf(done) : null),
    startedAt: machine?.startedAt ?? null,
  };
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
  return step?.do === 'start' || step?.do === 'resize' ? 'building' : 'stopped';
}
