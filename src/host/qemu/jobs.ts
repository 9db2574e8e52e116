import { setTimeout as sleep } from 'node:timers/promises';
import type { Qmp } from '../../engines/qmp/client.ts';
import type { CopyTarget } from '../drivers.ts';

interface Job {
  id: string;
  status: string;
  error?: string;
}

const POLL = 50;

/**
 * Runs a block job to its end: `begin` starts it under the id. One of that name that an earlier agent left behind is
 * ended first, because what it was for is begun again. https://www.qemu.org/docs/master/interop/live-block-operations.html
 */
export async function runJob(qmp: Qmp, id: string, begin: () => Promise<unknown>, abort?: AbortSignal): Promise<void> {
  await endJob(qmp, id);
  await begin();
  for (;;) {
    const job = await findJob(qmp, id);
    if (!job) throw new Error(`The block job ${id} is not there any more.`);
    if (job.status === 'concluded') {
      await qmp.execute('job-dismiss', { id });
      if (job.error !== undefined) throw new Error(`The disk could not be copied: ${job.error}`);
      return;
    }
    if (abort?.aborted) {
      await endJob(qmp, id);
      throw new Error('The copy is not needed any more.');
    }
    await sleep(POLL);
  }
}

async function endJob(qmp: Qmp, id: string): Promise<void> {
  for (;;) {
    const job = await findJob(qmp, id);
    if (!job) return;
    if (job.status === 'concluded') await qmp.execute('job-dismiss', { id });
    else await qmp.execute('job-cancel', { id }).catch(() => undefined);
    await sleep(POLL);
  }
}

async function findJob(qmp: Qmp, id: string): Promise<Job | undefined> {
  return ((await qmp.execute('query-jobs')) as Job[]).find((job) => job.id === id);
}

/**
 * Copies a node as it is at this moment to a file that is there already, while whatever writes to the node goes on:
 * before a block is overwritten, its old content goes to the copy.
 */
export async function copyNode(
  qmp: Qmp,
  node: string,
  to: Pick<CopyTarget, 'path' | 'format'>,
  abort?: AbortSignal,
): Promise<void> {
  const names = { file: 'copy-file', target: 'copy-target' };
  const letGo = async () => {
    for (const name of [names.target, names.file]) {
      await qmp.execute('blockdev-del', { 'node-name': name }).catch(() => undefined);
    }
  };
  const begin = async () => {
    await letGo();
    await qmp.execute('blockdev-add', { driver: 'file', 'node-name': names.file, filename: to.path, discard: 'unmap' });
    const format = { driver: to.format, 'node-name': names.target, file: names.file, discard: 'unmap' };
    await qmp.execute('blockdev-add', to.format === 'qcow2' ? { ...format, backing: null } : format);
    const job = { 'job-id': 'copy', device: node, target: names.target, sync: 'full', 'auto-dismiss': false };
    await qmp.execute('blockdev-backup', job);
  };
  try {
    await runJob(qmp, 'copy', begin, abort);
  } finally {
    await letGo();
  }
}

/** What is known of each named node. */
export async function blockNodesOf(qmp: Qmp): Promise<Map<string, { bytes: number }>> {
  const nodes = (await qmp.execute('query-named-block-nodes', { flat: true })) as {
    'node-name': string;
    image: { 'virtual-size': number };
  }[];
  return new Map(nodes.map((node) => [node['node-name'], { bytes: node.image['virtual-size'] }]));
}

/** Does again for a second what QEMU refuses until something that is on its way out is gone. */
export async function repeated(work: () => Promise<unknown>): Promise<void> {
  for (let left = 50; ; left--) {
    try {
      await work();
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
    await sleep(20);
  }
}
