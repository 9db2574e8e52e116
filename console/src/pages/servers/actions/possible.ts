import type { Server } from '../../../api/queries/compute.ts';

/** What is done at once, when it has been asked for. */
export type DirectAction =
  | 'start'
  | 'stop'
  | 'reboot'
  | 'hardReboot'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'shelve'
  | 'unshelve'
  | 'confirm'
  | 'revert'
  | 'unrescue'
  | 'restore'
  | 'unlock'
  | 'delete'
  | 'forceDelete';

/** What needs more to be said, in a window of its own. */
export type AskingAction = 'resize' | 'rebuild' | 'rescue' | 'image' | 'password' | 'rename' | 'labels' | 'lock';

/** What is done from the tabs of a server's page. */
export type PlugAction = 'volumes' | 'interfaces';

export type ActionName = DirectAction | AskingAction;

/** What each of Nova's states permits while nothing else is done: https://docs.openstack.org/nova/latest/reference/vm-states.html */
const POSSIBLE: Record<string, readonly (ActionName | PlugAction)[]> = {
  active: [
    ...(['stop', 'reboot', 'hardReboot', 'pause', 'suspend', 'shelve'] as const),
    ...(['resize', 'rebuild', 'rescue', 'image', 'password', 'volumes', 'interfaces'] as const),
  ],
  stopped: ['start', 'hardReboot', 'shelve', 'resize', 'rebuild', 'rescue', 'image', 'volumes', 'interfaces'],
  paused: ['unpause', 'hardReboot', 'shelve', 'image', 'volumes', 'interfaces'],
  suspended: ['resume', 'hardReboot', 'shelve', 'image'],
  resized: ['confirm', 'revert', 'volumes'],
  rescued: ['unrescue'],
  shelved: ['unshelve', 'volumes'],
  shelved_offloaded: ['unshelve', 'volumes'],
  error: ['stop', 'hardReboot', 'rebuild', 'rescue'],
  'soft-delete': ['restore', 'forceDelete'],
};

/** Of what does not get on, the reset button is the way out. */
const STUCK = ['rebooting', 'rebooting_hard', 'resuming', 'unpausing', 'suspending'];
const RESETTABLE = ['active', 'stopped', 'paused', 'suspended', 'error'];

type State = Pick<Server, 'OS-EXT-STS:vm_state' | 'OS-EXT-STS:task_state' | 'locked' | 'hostId'>;

/**
 * What can be done with a server as it is. A locked one is first unlocked, also by administrators, who could do without: the lock
 * is there against doing something by mistake. Pure.
 */
export function possible(server: State): ReadonlySet<ActionName | PlugAction> {
  const { 'OS-EXT-STS:vm_state': state, 'OS-EXT-STS:task_state': task, locked, hostId } = server;
  if (task === 'deleting' || state === 'deleted') return new Set();
  if (locked) return new Set(['rename', 'unlock']);
  const removal = state === 'soft-delete' ? 'forceDelete' : 'delete';
  const always = ['rename', 'labels', 'lock', removal] as const;
  if (task !== null) {
    const stuck = STUCK.includes(task) && RESETTABLE.includes(state) && hostId !== '';
    return new Set([...always, ...(stuck ? (['hardReboot'] as const) : [])]);
  }
  // One that never found a host has nothing that could be started.
  if (hostId === '' && state !== 'shelved_offloaded') return new Set(always);
  return new Set([...always, ...(POSSIBLE[state] ?? [])]);
}

/** The menu's order, in groups: its power, its size and disk, the server itself, and what cannot be taken back. */
export const GROUPS: readonly (readonly ActionName[])[] = [
  ['confirm', 'revert', 'unrescue', 'restore', 'unlock'],
  ['start', 'resume', 'unpause', 'unshelve', 'stop', 'reboot', 'hardReboot', 'pause', 'suspend', 'shelve'],
  ['resize', 'image', 'rescue', 'rebuild', 'password'],
  ['rename', 'labels', 'lock'],
  ['delete', 'forceDelete'],
];
