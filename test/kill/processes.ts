import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

interface Process {
  pid: number;
  command: string;
}

/** What may die at any moment, by its whole command line. */
export const VICTIMS: Record<string, RegExp> = {
  controller: /node .*main\.ts controller/,
  agent: /node .*main\.ts agent/,
  'ovn-northd': /^\S*ovn-northd /,
  'ovn-controller': /^\S*ovn-controller /,
  'ovn-nb': /^\S*ovsdb-server .*ovnnb/,
  'ovn-sb': /^\S*ovsdb-server .*ovnsb/,
  'ovs-db': /^\S*ovsdb-server .*conf\.db/,
  'ovs-vswitchd': /^\S*ovs-vswitchd/,
  'external-network': /^\S*sh \S*external-network watch/,
  qemu: /^\S*qemu-system/,
};

/** Every process with its command line, words joined by blanks; those of containers, with ids of their own, are not ours. */
export function processes(): Process[] {
  const here = readlinkSync('/proc/self/ns/pid');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (readlinkSync(`/proc/${name}/ns/pid`) !== here) return [];
        return [
          { pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() },
        ];
      } catch {
        return [];
      }
    });
}

export const matching = (pattern: RegExp): Process[] => processes().filter(({ command }) => pattern.test(command));

/** The output of a program, as lines without blanks around them. */
export function lines(command: string, ...args: string[]): string[] {
  return execFileSync(command, args, { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
