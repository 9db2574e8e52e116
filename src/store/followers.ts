import type { Follower } from './changes.ts';

/** Who in this process wants to hear of changes. */
export interface Followers extends Follower {
  /** Tells `follower` from now on; answers how to stop that. */
  follow(follower: Follower): () => void;
  /** Whether there is anybody: to note changes for nobody is work for nothing. */
  any(): boolean;
}

export function createFollowers(): Followers {
  const all = new Set<Follower>();
  return {
    follow(follower) {
      all.add(follower);
      return () => all.delete(follower);
    },
    any: () => all.size > 0,
    changed(changes) {
      if (changes.length > 0) for (const one of all) one.changed(changes);
    },
    missed() {
      for (const one of all) one.missed();
    },
  };
}
