import type { Context } from '../../http/context.ts';
import { imageForServer } from '../../image/index.ts';
import { explainNoHost, schedule, type Objection } from '../../placement/index.ts';
import type { Reader } from '../../store/store.ts';
import { assertFits, flavorForServer, rootDiskGib } from '../create-input.ts';
import { diskOf } from '../servers-store.ts';
import { requirementsOf } from './demand.ts';
import { readInventory } from './read.ts';

/** Where a server would go now, and why not to the other hosts. */
export interface DryRun {
  hosts: number;
  fit: number;
  /** Best first, ten at most. */
  candidates: string[];
  objections: Objection[];
  /** One sentence when none fits; null otherwise. */
  reason: string | null;
}

/**
 * Asks the scheduler without making anything: for the rows as they are now. Throws ApiError 400 for a flavor or an
 * image that is not there, or that do not go together.
 */
export async function placementDryRun(
  db: Reader,
  context: Context,
  wish: { flavor: string; image: string | null; zone: string | null; projectId: string | null },
): Promise<DryRun> {
  const flavor = await flavorForServer(db, context, wish.flavor);
  const image = wish.image === null ? null : await imageForServer(db, context, wish.image);
  if (image) assertFits(flavor, image);
  const demand = {
    ...{ vcpus: flavor.vcpus, memoryMib: flavor.memoryMib },
    diskGib: diskOf(flavor, rootDiskGib(flavor, image)),
    ...{ now: context.now, projectId: wish.projectId ?? context.projectId ?? '' },
    ...{ zone: wish.zone, host: null, group: null, awayFrom: [], togetherWith: null },
    ...requirementsOf(flavor, image?.properties ?? {}),
  };
  const choice = schedule(await readInventory(db), demand);
  return {
    ...{ hosts: choice.hosts, fit: choice.fit, objections: choice.objections },
    candidates: choice.ranked.map(({ name }) => name),
    reason: choice.fit === 0 ? explainNoHost(choice) : null,
  };
}
