import { AsyncLocalStorage } from 'node:async_hooks';
import type { Reconciler } from '../../src/core/reconciler.ts';
import type { Store } from '../../src/store/store.ts';

/** What is done to a reconciler, whichever it is. */
export const MODES = ['twice', 'fail before', 'fail after', 'fail the transaction', 'kill after the commit'] as const;

export interface Sabotage {
  reconciler: string;
  mode: (typeof MODES)[number];
  /** How often it is still to happen. */
  left: number;
  /** Told when the controller was killed. */
  onKill: () => void;
}

const running = new AsyncLocalStorage<string>();

/** The reconciler, with what is to happen to it. */
export function sabotaged(reconciler: Reconciler, sabotage: Sabotage | null): Reconciler {
  const { name } = reconciler;
  const inside = () => running.run(name, () => reconciler.run());
  if (sabotage?.reconciler !== name) return reconciler;
  return {
    ...reconciler,
    async run() {
      if (sabotage.left <= 0) return inside();
      switch (sabotage.mode) {
        case 'fail before':
          sabotage.left--;
          throw new Error('it fails before it begins, as it should in this test');
        case 'fail after':
          sabotage.left--;
          await inside();
          throw new Error('it fails after it is done, as it should in this test');
        case 'twice':
          sabotage.left--;
          await inside();
          return inside();
        case 'fail the transaction':
        case 'kill after the commit':
          return inside();
      }
    },
  };
}

/** A store that does to the transactions of the reconciler what is to happen; `kill` ends the controller at once. */
export function sabotagedStore(store: Store, sabotage: Sabotage | null, kill: () => void): Store {
  return {
    ...store,
    get read() {
      return store.read;
    },
    transaction(work) {
      if (!sabotage || sabotage.left <= 0 || running.getStore() !== sabotage.reconciler) return store.transaction(work);
      if (sabotage.mode === 'fail the transaction') {
        sabotage.left--;
        return store.transaction(async (tx) => {
          await work(tx);
          throw new Error('the commit fails, as it should in this test');
        });
      }
      if (sabotage.mode !== 'kill after the commit') return store.transaction(work);
      sabotage.left--;
      return store.transaction((tx) => {
        // The first of what follows the commit: nobody hears of it.
        tx.afterCommit(() => {
          kill();
          sabotage.onKill();
        });
        return work(tx);
      });
    },
  };
}
