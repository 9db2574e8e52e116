import { conflict } from '../core/errors.ts';

/** Nova's names (https://docs.openstack.org/nova/latest/reference/vm-states.html); those we can be in. */
export type VmState =
  | 'building'
  | 'active'
  | 'stopped'
  | 'paused'
  | 'suspended'
  | 'resized'
  | 'rescued'
  | 'shelved'
  | 'shelved_offloaded'
  | 'soft-delete'
  | 'error'
  | 'deleted';

export type TaskState =
  | 'scheduling'
  | 'networking'
  | 'spawning'
  | 'powering-on'
  | 'powering-off'
  | 'rebooting'
  | 'rebooting_hard'
  | 'pausing'
  | 'unpausing'
  | 'suspending'
  | 'resuming'
  | 'rebuilding'
  | 'resize_finish'
  | 'resize_reverting'
  | 'image_snapshot'
  | 'image_pending_upload'
  | 'image_uploading'
  | 'image_backup'
  | 'rescuing'
  | 'unrescuing'
  | 'shelving'
  | 'shelving_image_pending_upload'
  | 'shelving_image_uploading'
  | 'shelving_offloading'
  | 'unshelving'
  | 'restoring'
  | 'deleting';

/** While an image is made of a server nothing else of it changes: what its host reports ends other tasks only. */
export const COPYING: ReadonlySet<TaskState | null> = new Set<TaskState | null>([
  'image_snapshot',
  'image_pending_upload',
  'image_uploading',
  'image_backup',
]);

/** What `OS-EXT-STS:power_state` counts. */
export const POWER = { none: 0, running: 1, paused: 3, shutdown: 4, suspended: 7 } as const;

const STATUS: Record<VmState, string> = {
  building: 'BUILD',
  active: 'ACTIVE',
  stopped: 'SHUTOFF',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  resized: 'VERIFY_RESIZE',
  rescued: 'RESCUE',
  shelved: 'SHELVED',
  shelved_offloaded: 'SHELVED_OFFLOADED',
  'soft-delete': 'SOFT_DELETED',
  error: 'ERROR',
  deleted: 'DELETED',
};

const DURING: Partial<Record<VmState, Partial<Record<TaskState, string>>>> = {
  active: {
    rebooting: 'REBOOT',
    rebooting_hard: 'HARD_REBOOT',
    rebuilding: 'REBUILD',
    resize_finish: 'RESIZE',
  },
  stopped: { resize_finish: 'RESIZE', rebuilding: 'REBUILD' },
  resized: { resize_reverting: 'REVERT_RESIZE' },
  error: { rebuilding: 'REBUILD' },
};

/** Every status a client may filter by, whether or not a server of ours can have it. */
export const KNOWN_STATUSES = new Set([
  ...Object.values(STATUS),
  ...['REBOOT', 'HARD_REBOOT', 'REBUILD', 'RESIZE', 'REVERT_RESIZE', 'PASSWORD', 'MIGRATING'],
  'UNKNOWN',
]);

/** The status clients see: the state, or what is being done to it. */
export function statusOf(vmState: VmState, taskState: TaskState | null): string {
  return (taskState !== null ? DURING[vmState]?.[taskState] : undefined) ?? STATUS[vmState];
}

/** The pairs of states shown as `status`, for a filter in SQL; `task` null stands for every other task state. */
export function statesOf(status: string): { vm: VmState; task: TaskState | null; except: TaskState[] }[] {
  const wanted = status.toUpperCase();
  const found: { vm: VmState; task: TaskState | null; except: TaskState[] }[] = [];
  for (const [vm, name] of Object.entries(STATUS) as [VmState, string][]) {
    const during = Object.entries(DURING[vm] ?? {}) as [TaskState, string][];
    if (name === wanted) found.push({ vm, task: null, except: during.map(([task]) => task) });
    for (const [task, shown] of during) if (shown === wanted) found.push({ vm, task, except: [] });
  }
  return found;
}

/** What is asked of a server, with the name Nova's messages use. */
export type Operation =
  | 'start'
  | 'stop'
  | 'reboot'
  | 'hard-reboot'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'rebuild'
  | 'resize'
  | 'confirmResize'
  | 'revertResize'
  | 'changePassword'
  | 'rescue'
  | 'unrescue'
  | 'shelve'
  | 'shelveOffload'
  | 'unshelve'
  | 'restore'
  | 'live_migrate'
  | 'migrate'
  | 'evacuate'
  | 'trigger_crash_dump'
  | 'createImage'
  | 'createBackup'
  | 'attach_volume'
  | 'detach_volume'
  | 'attach_interface'
  | 'detach_interface';

const IDLE: readonly (TaskState | null)[] = [null];
const ALLOWED: Record<Operation, { vm: readonly VmState[]; task?: readonly (TaskState | null)[] }> = {
  start: { vm: ['stopped'] },
  stop: { vm: ['active', 'error'] },
  reboot: { vm: ['active'] },
  'hard-reboot': {
    vm: ['active', 'stopped', 'paused', 'suspended', 'error'],
    task: [null, 'rebooting', 'rebooting_hard', 'resuming', 'unpausing', 'suspending'],
  },
  pause: { vm: ['active'] },
  unpause: { vm: ['paused'] },
  suspend: { vm: ['active'] },
  resume: { vm: ['suspended'] },
  rebuild: { vm: ['active', 'stopped', 'error'] },
  resize: { vm: ['active', 'stopped'] },
  confirmResize: { vm: ['resized'] },
  revertResize: { vm: ['resized'] },
  changePassword: { vm: ['active'] },
  rescue: { vm: ['active', 'stopped', 'error'] },
  unrescue: { vm: ['rescued'] },
  shelve: { vm: ['active', 'stopped', 'paused', 'suspended'] },
  shelveOffload: { vm: ['shelved'] },
  unshelve: { vm: ['shelved', 'shelved_offloaded'] },
  restore: { vm: ['soft-delete'] },
  live_migrate: { vm: ['active', 'paused'] },
  migrate: { vm: ['active', 'stopped'] },
  evacuate: { vm: ['active', 'stopped', 'error'] },
  trigger_crash_dump: { vm: ['active', 'paused', 'rescued', 'resized', 'error'] },
  createImage: { vm: ['active', 'stopped', 'paused', 'suspended'] },
  createBackup: { vm: ['active', 'stopped', 'paused', 'suspended'] },
  attach_volume: { vm: ['active', 'paused', 'stopped', 'resized', 'shelved', 'shelved_offloaded'] },
  detach_volume: { vm: ['active', 'paused', 'stopped', 'resized', 'shelved', 'shelved_offloaded'] },
  attach_interface: { vm: ['active', 'paused', 'stopped'] },
  detach_interface: { vm: ['active', 'paused', 'stopped'] },
};

/** Throws ApiError 409 with Nova's words when the server's state does not permit the operation. */
export function assertPermitted(
  operation: Operation,
  server: { id: string; vm_state: VmState; task_state: TaskState | null; host_id: string | null },
): void {
  const rule = ALLOWED[operation];
  const name = operation === 'hard-reboot' ? 'reboot' : operation;
  const refuse = (attribute: string, state: string | null) =>
    conflict(`Cannot '${name}' instance ${server.id} while it is in ${attribute} ${state ?? 'none'}`);
  if (!rule.vm.includes(server.vm_state)) throw refuse('vm_state', server.vm_state);
  if (!(rule.task ?? IDLE).includes(server.task_state)) throw refuse('task_state', server.task_state);
  // A server that never found a host has nothing that could be started; Nova's words for it.
  if (server.host_id === null && server.vm_state !== 'shelved_offloaded')
    throw refuse('vm_state', `${server.vm_state}, without a host`);
}
