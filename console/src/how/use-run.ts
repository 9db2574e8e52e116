import { useQueryClient } from '@tanstack/react-query';
import type { Kind } from '../api/kinds.ts';
import { send } from '../api/send.ts';
import { useToast } from '../parts/toast.tsx';
import type { Operation } from './operation.ts';

/** How many requests of one action are on their way at a time: a browser opens six connections. */
const AT_ONCE = 4;

/**
 * Carries out what a page does: sends one operation or several, asks again for the kinds of things it changed, and says that it is
 * done. Of several all are tried, unless each needs what is before it; then the first failure is thrown (ApiFault). Answers what each was
 * answered.
 */
export function useRun() {
  const client = useQueryClient();
  const toast = useToast();
  return async <T = unknown>(
    operations: Operation | readonly Operation[],
    { kinds, done, inOrder = false }: { kinds: readonly Kind[]; done?: string; inOrder?: boolean },
  ): Promise<T[]> => {
    const left = [operations].flat().entries();
    const answers: T[] = [];
    const failures: unknown[] = [];
    const work = async () => {
      for (const [index, { request }] of left) {
        try {
          answers[index] = await send<T>(request);
        } catch (error) {
          failures.push(error);
          if (inOrder) return;
        }
      }
    };
    await Promise.all(Array.from({ length: inOrder ? 1 : AT_ONCE }, work));
    for (const kind of kinds) void client.invalidateQueries({ queryKey: [kind] });
    if (failures.length > 0) throw failures[0];
    if (done !== undefined) toast(done);
    return answers;
  };
}
