import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertPermitted, type Operation, type TaskState, type VmState } from '../../../../../src/compute/states.ts';
import { GROUPS, possible, type ActionName, type PlugAction } from './possible.ts';

const server = (state: string, task: string | null = null, more: { locked?: boolean; hostId?: string } = {}) => ({
  'OS-EXT-STS:vm_state': state,
  'OS-EXT-STS:task_state': task,
  locked: false,
  hostId: 'h',
  ...more,
});

/** The API's name for what depends on the state. */
const ASKED: Partial<Record<ActionName | PlugAction, readonly Operation[]>> = {
  ...{ start: ['start'], stop: ['stop'], reboot: ['reboot'], hardReboot: ['hard-reboot'], pause: ['pause'] },
  ...{ unpause: ['unpause'], suspend: ['suspend'], resume: ['resume'], shelve: ['shelve'], unshelve: ['unshelve'] },
  ...{ resize: ['resize'], confirm: ['confirmResize'], revert: ['revertResize'], rebuild: ['rebuild'] },
  ...{ rescue: ['rescue'], unrescue: ['unrescue'], restore: ['restore'], image: ['createImage'] },
  password: ['changePassword'],
  volumes: ['attach_volume', 'detach_volume'],
  interfaces: ['attach_interface', 'detach_interface'],
};
const STATES: readonly VmState[] = [
  ...(['building', 'active', 'stopped', 'paused', 'suspended', 'resized', 'rescued'] as const),
  ...(['shelved', 'shelved_offloaded', 'soft-delete', 'error'] as const),
];
const TASKS: readonly (TaskState | null)[] = [
  null,
  ...(['scheduling', 'spawning', 'powering-off', 'rebooting', 'rebooting_hard', 'pausing', 'unpausing'] as const),
  ...(['suspending', 'resuming', 'rebuilding', 'resize_finish', 'image_snapshot', 'rescuing', 'shelving'] as const),
];

test('what a page offers is what the API permits, in every state and during every task', () => {
  const told: string[] = [];
  for (const state of STATES) {
    for (const task of TASKS) {
      for (const host of ['h', '']) {
        const offered = possible(server(state, task, { hostId: host }));
        for (const [name, operations] of Object.entries(ASKED) as [ActionName, readonly Operation[]][]) {
          const permitted = operations.every((operation) => {
            const row = { id: 's', vm_state: state, task_state: task, host_id: host === '' ? null : 'h' };
            try {
              assertPermitted(operation, row as Parameters<typeof assertPermitted>[1]);
              return true;
            } catch {
              return false;
            }
          });
          if (permitted !== offered.has(name)) told.push(`${name} of ${state}, ${task}, on '${host}': ${permitted}`);
        }
      }
    }
  }
  assert.deepEqual(told, []);
});

test('a locked server is unlocked first, and what is being deleted is left alone', () => {
  assert.deepEqual([...possible(server('active', null, { locked: true }))], ['rename', 'unlock']);
  assert.deepEqual([...possible(server('active', 'deleting'))], []);
  assert.ok(possible(server('building', 'spawning')).has('delete'));
  assert.ok(!possible(server('soft-delete')).has('delete') && possible(server('soft-delete')).has('forceDelete'));
});

test('everything that is possible is in the menu once', () => {
  const listed = GROUPS.flat();
  assert.equal(new Set(listed).size, listed.length);
  for (const state of STATES) {
    for (const name of possible(server(state))) {
      if (name !== 'volumes' && name !== 'interfaces') assert.ok(listed.includes(name), name);
    }
  }
});
