import type { CopyTarget, DiskChain } from '../drivers.ts';
import { exec } from '../exec.ts';

/** A whole disk may have to be read. */
const DEADLINE = 6 * 3_600_000;

/**
 * Copies what a chain of files shows into a file that is there already, at least as large. Each file is named with its
 * format and its backing file: nothing that stands in an image is followed.
 */
export async function convert(
  from: DiskChain,
  to: Pick<CopyTarget, 'path' | 'format'>,
  user: { uid: number; gid: number },
  abort?: AbortSignal,
): Promise<void> {
  const source = `json:${JSON.stringify(graphOf(from))}`;
  const args = ['convert', '-q', '-n', '-W', '-O', to.format, source, to.path];
  await exec('qemu-img', args, { ...user, timeout: DEADLINE, ...(abort && { abort }) });
}

/** The chain as one nested description of a block node. */
export function graphOf({ files }: DiskChain): Record<string, unknown> {
  return files.reduce<Record<string, unknown>>((below, { path, format }, i) => {
    const node = { driver: format, file: { driver: 'file', filename: path } };
    return format === 'qcow2' ? { ...node, backing: i === 0 ? null : below } : node;
  }, {});
}
