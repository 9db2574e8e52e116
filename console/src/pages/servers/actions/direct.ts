import type { Operation } from '../../../how/operation.ts';
import * as operations from '../operations.ts';
import type { DirectAction } from './possible.ts';

type Make = (server: { id: string; name: string }) => Operation;

const MAKERS: Record<DirectAction, Make> = {
  ...{ start: operations.startServer, stop: operations.stopServer },
  reboot: (server) => operations.rebootServer(server, 'SOFT'),
  hardReboot: (server) => operations.rebootServer(server, 'HARD'),
  ...{ pause: operations.pauseServer, unpause: operations.unpauseServer },
  ...{ suspend: operations.suspendServer, resume: operations.resumeServer },
  ...{ shelve: operations.shelveServer, unshelve: operations.unshelveServer },
  ...{ confirm: operations.confirmResize, revert: operations.revertResize },
  ...{ unrescue: operations.unrescueServer, restore: operations.restoreServer, unlock: operations.unlockServer },
  ...{ delete: operations.deleteServer, forceDelete: operations.forceDeleteServer },
};

/** The operation of an action that needs nothing more to be said. Pure. */
export const operationOf = (name: DirectAction, server: { id: string; name: string }): Operation =>
  MAKERS[name](server);

export const isDirect = (name: string): name is DirectAction => Object.hasOwn(MAKERS, name);

/** What takes a server away from those who use it is asked for twice. */
export const ASKED_TWICE: readonly DirectAction[] = ['delete', 'forceDelete', 'stop', 'hardReboot', 'shelve', 'revert'];
/** Of these, what loses something. */
export const DANGEROUS: readonly DirectAction[] = ['delete', 'forceDelete', 'stop', 'hardReboot'];
