import { exec } from '../exec.ts';

/** One command of a program that takes many at a time. */
export type Run = (commands: readonly string[][]) => Promise<void>;

/**
 * Gathers the commands that come while an earlier run is under way into one run: starting a program costs more than
 * what it does. When a run of several fails, each is tried alone, so that one bad command fails nobody else's.
 */
export function createBatch(run: Run): (commands: readonly string[][]) => Promise<void> {
  let waiting: { commands: readonly string[][]; done: PromiseWithResolvers<void> }[] = [];
  let running = false;

  const drain = async () => {
    running = true;
    // Those who ask in the same turn share the first run too.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await run(group.flatMap((item) => item.commands));
        for (const item of group) item.done.resolve();
      } catch (error) {
        if (group.length === 1) group[0]?.done.reject(error);
        else for (const item of group) await run(item.commands).then(item.done.resolve, item.done.reject);
      }
    }
    running = false;
  };

  return (commands) => {
    if (commands.length === 0) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    waiting.push({ commands, done });
    if (!running) void drain();
    return done.promise;
  };
}

/** `ip -batch`: each command is the words after `ip`. */
export const runIp: Run = async (commands) => {
  await exec('ip', ['-batch', '-'], { input: `${commands.map((words) => words.join(' ')).join('\n')}\n` });
};
