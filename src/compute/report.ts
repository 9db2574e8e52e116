import type { ServerReport } from '../host/document.ts';
import type { ServerFault, ServerPatch, ServerRow } from './model.ts';
import { COPYING, POWER, type TaskState, type VmState } from './states.ts';

/** What a report says of one server, in terms of its row. */
export interface Outcome {
  /** Columns to change; empty when the report says nothing new. */
  patch: ServerPatch;
  /** The server is gone from its host. */
  gone?: true;
  /** The host has nothing more of a shelved server. */
  offloaded?: true;
  /** The wish in the host document changes too. */
  document?: true;
  /** How the action under way ends. */
  finished?: { result: 'Success' | 'Error'; details: string | null };
  /** Something happened that nobody asked for: noted in the server's history. */
  incident?: string;
}

/** What is read of a server to judge what is said of it. */
export const JUDGED = [
  'id',
  'project_id',
  'host_id',
  'vm_state',
  'task_state',
  'power',
  'power_state',
  'build',
  'boot',
  'rescue',
  'fault',
  'action_id',
  'changed_generation',
  'launched_at',
  'updated_at',
  'reported_state',
  'reported_reason',
  'reported_build',
  'reported_boot',
] as const satisfies readonly (keyof ServerRow)[];

export type JudgedServer = Pick<ServerRow, (typeof JUDGED)[number]>;

/** What else the judgement depends on. */
export interface Around {
  now: number;
  /** Whether all ports of the server carry traffic. */
  portsActive: boolean;
}

const NOTHING: Outcome = { patch: {} };

/**
 * What becomes of a server when its host reports. Pure, and the same whether a report comes late or twice: it counts
 * only when it speaks of a document that has the server's last change, and then the counts say which boot it means.
 */
export function judge(
  server: JudgedServer,
  report: { generation: number; entry: ServerReport | undefined },
  around: Around,
): Outcome {
  if (report.generation < server.changed_generation) return NOTHING;
  const { entry } = report;
  if (server.task_state === 'deleting') {
    return entry === undefined ? { patch: {}, gone: true } : { patch: remembered(server, entry, around.now) };
  }
  if (server.task_state === 'shelving_offloading')
    return entry === undefined ? { patch: {}, offloaded: true } : NOTHING;
  if (entry === undefined) return NOTHING;
  const outcome = judgeWhileCopied(server, entry, around);
  return { ...outcome, patch: { ...remembered(server, entry, around.now), ...outcome.patch } };
}

/** An image being made of a server is a task that no report ends: what else is reported counts as if there were none. */
function judgeWhileCopied(server: JudgedServer, entry: ServerReport, around: Around): Outcome {
  if (!COPYING.has(server.task_state)) return judgeEntry(server, entry, around);
  const outcome = judgeEntry({ ...server, task_state: null }, entry, around);
  const { task_state: _task, deadline: _deadline, action_id: _action, ...patch } = outcome.patch;
  return { ...outcome, patch };
}

function judgeEntry(server: JudgedServer, entry: ServerReport, around: Around): Outcome {
  const { now, portsActive } = around;
  if (server.vm_state === 'soft-delete' && server.task_state === null) return keptOff(server, entry);
  if (entry.state === 'error') return failed(server, entry, now);
  if (entry.build < server.build) return progressing(server);
  switch (entry.state) {
    case 'building':
      return server.task_state === 'scheduling' ? progressing(server) : restarting(server);
    case 'running':
      if (server.power !== 'running' || entry.boot < server.boot) return NOTHING;
      if (server.vm_state === 'building' && !portsActive) return progressing(server);
      if (server.rescue !== null) return settled(server, 'rescued', POWER.running, now);
      return settled(server, server.task_state === 'resize_finish' ? 'resized' : 'active', POWER.running, now);
    case 'stopped':
      if (server.power === 'stopped') {
        if (SHELVING.has(server.task_state)) return shelving(server);
        return settled(server, server.task_state === 'resize_finish' ? 'resized' : 'stopped', POWER.shutdown, now);
      }
      // Also one that was paused, or whose saved state is lost: nothing of it runs, and nothing can go on.
      if (entry.boot < server.boot) return NOTHING;
      return died(server, entry, now);
    case 'paused':
      return server.power === 'paused' ? settled(server, 'paused', POWER.paused, now) : NOTHING;
    case 'suspended':
      return server.power === 'suspended' ? settled(server, 'suspended', POWER.suspended, now) : NOTHING;
  }
}

/** A deleted server that is only kept: that it is off is all that there is to learn. */
function keptOff(server: JudgedServer, entry: ServerReport): Outcome {
  if (entry.state !== 'stopped' || server.power_state === POWER.shutdown) return NOTHING;
  return { patch: { power_state: POWER.shutdown } };
}

const SHELVING: ReadonlySet<TaskState | null> = new Set<TaskState | null>([
  'shelving',
  'shelving_image_pending_upload',
  'shelving_image_uploading',
]);

/** The guest of a server that is being shelved is off: now the image of its disk can be begun. */
function shelving(server: JudgedServer): Outcome {
  if (server.task_state !== 'shelving') return NOTHING;
  return { patch: { task_state: 'shelving_image_pending_upload', power_state: POWER.shutdown, deadline: null } };
}

/** What was last heard, written only when it differs, so that a quiet host costs no writes. */
function remembered(server: JudgedServer, entry: ServerReport, now: number): ServerPatch {
  const same =
    server.reported_state === entry.state &&
    server.reported_reason === entry.reason &&
    server.reported_build === entry.build &&
    server.reported_boot === entry.boot;
  if (same) return {};
  return {
    reported_state: entry.state,
    reported_reason: entry.reason,
    reported_build: entry.build,
    reported_boot: entry.boot,
    reported_at: now,
  };
}

function progressing(server: JudgedServer): Outcome {
  return server.task_state === 'scheduling' ? { patch: { task_state: 'spawning' } } : NOTHING;
}

/** The wish is fulfilled. A server in ERROR gets well only if it was the host that had found it ill. */
function settled(server: JudgedServer, state: VmState, power: number, now: number): Outcome {
  const under = server.task_state !== null;
  if (server.vm_state === 'error' && !under && faultOfHost(server) === false) return NOTHING;
  const keepsResized = server.vm_state === 'resized' && server.task_state !== 'resize_reverting';
  const vmState = keepsResized ? 'resized' : state;
  if (!under && server.vm_state === vmState && server.power_state === power) return NOTHING;
  return {
    patch: {
      vm_state: vmState,
      task_state: null,
      power_state: power,
      deadline: null,
      action_id: null,
      fault: null,
      updated_at: now,
      ...(server.launched_at === null && vmState === 'active' && { launched_at: now }),
    },
    ...(under && { finished: { result: 'Success', details: null } }),
  };
}

/** QEMU ended although it should run: the server is off, and stays off until someone starts it. */
function died(server: JudgedServer, entry: ServerReport, now: number): Outcome {
  const why = entry.reason ?? 'QEMU ended by itself.';
  const under = server.task_state !== null;
  return {
    patch: {
      vm_state: server.vm_state === 'resized' || server.vm_state === 'rescued' ? server.vm_state : 'stopped',
      task_state: null,
      power_state: POWER.shutdown,
      power: 'stopped',
      deadline: null,
      action_id: null,
      updated_at: now,
    },
    document: true,
    ...(under ? { finished: { result: 'Error', details: why } } : { incident: why }),
  };
}

/** The host starts it again by itself, as the setting says: only the history tells, once. */
function restarting(server: JudgedServer): Outcome {
  if (server.task_state !== null || server.vm_state !== 'active' || server.reported_state !== 'running') return NOTHING;
  return { patch: {}, incident: 'QEMU ended by itself; the host starts the server again.' };
}

function failed(server: JudgedServer, entry: ServerReport, now: number): Outcome {
  const message = entry.reason ?? 'The host could not carry this out and gave no reason.';
  const under = server.task_state !== null;
  const known = server.fault === null ? null : (JSON.parse(server.fault) as ServerFault);
  if (server.vm_state === 'error' && !under && known?.message === message) return NOTHING;
  const fault: ServerFault = { code: 500, message, details: null, created: now, source: 'host' };
  return {
    patch: {
      vm_state: 'error',
      task_state: null,
      power_state: POWER.none,
      deadline: null,
      action_id: null,
      fault: JSON.stringify(fault),
      updated_at: now,
    },
    ...(under ? { finished: { result: 'Error', details: message } } : { incident: message }),
  };
}

function faultOfHost(server: JudgedServer): boolean {
  return server.fault !== null && (JSON.parse(server.fault) as ServerFault).source === 'host';
}
