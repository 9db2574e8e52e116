import { OperatorError } from '../core/errors.ts';
import type { Paths } from './paths.ts';
import { commandLine, findProcesses, killAndWait } from './processes.ts';
import { tryRun } from './run.ts';

/** A QEMU of ours that runs on this machine. */
export interface RunningServer {
  pid: number;
  server: string;
}

const NAME = /^guest=potluck-([0-9a-f-]{36})-/;

/** The servers that run here, found by the name that the agent gives each QEMU; no agent needs to be alive. */
export async function runningServers(paths: Paths): Promise<RunningServer[]> {
  const pids = await findProcesses(
    (words) =>
      /qemu-system/.test(words[0] ?? '') &&
      words.some((word) => NAME.test(word)) &&
      // Those of another state directory, of a test say, are none of our business.
      words.some((word) => word.includes(`${paths.host}/`)),
  );
  const found = await Promise.all(
    pids.map(async (pid) => {
      const server = (await commandLine(pid)).map((word) => NAME.exec(word)?.[1]).find((id) => id !== undefined);
      return server === undefined ? [] : [{ pid, server }];
    }),
  );
  return found.flat();
}

/** The storage daemons that serve volumes to servers of this machine. */
function storageDaemons(paths: Paths): Promise<number[]> {
  return findProcesses(
    (words) => /qemu-storage-daemon$/.test(words[0] ?? '') && words.some((word) => word.includes(`${paths.host}/`)),
  );
}

/**
 * Ends all servers of this machine, and what serves their volumes. QEMU takes SIGTERM for the pulled plug: guests with
 * journalling file systems bear it; who wants a clean end stops the servers first. Answers how many there were.
 */
export async function endServers(paths: Paths): Promise<number> {
  const servers = await runningServers(paths);
  await Promise.all(servers.map(({ pid }) => killAndWait(pid, 'SIGTERM', 10_000)));
  const daemons = await storageDaemons(paths);
  await Promise.all(daemons.map((pid) => killAndWait(pid, 'SIGTERM', 10_000)));
  const left = await runningServers(paths);
  if (left.length > 0) {
    throw new OperatorError(
      `${left.length} servers did not end (pids ${left.map(({ pid }) => pid).join(', ')}).`,
      'A process that not even SIGKILL ends waits for a disk: see dmesg.',
    );
  }
  return servers.length;
}

/** Network namespaces of ours. */
export async function ourNamespaces(): Promise<string[]> {
  const { stdout } = await tryRun('ip', ['netns', 'list']);
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith('potluck-'));
}
