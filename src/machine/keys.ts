import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, readText } from './files.ts';
import type { Paths } from './paths.ts';
import { giveTo, type Person } from './people.ts';
import { run } from './run.ts';

const keyOf = (person: Person) => join(person.home, '.ssh', 'potluck_demo');

/** Makes the first key pair and gives it to these people; a key that a person has already is used. Answers the public key. */
export async function ensureKey(paths: Paths, persons: readonly Person[]): Promise<string> {
  const own = join(paths.secrets, 'demo-key');
  if (!(await exists(own))) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'potluck-demo', '-f', own]);
  }
  for (const person of persons) {
    const key = keyOf(person);
    const directory = join(person.home, '.ssh');
    const fresh = !(await exists(directory));
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (!((await readText(`${key}.pub`)) === (await readText(`${own}.pub`)) && (await exists(key)))) {
      await copyFile(own, key);
      await copyFile(`${own}.pub`, `${key}.pub`);
      await chmod(key, 0o600);
      await giveTo(person, key, `${key}.pub`);
    }
    if (fresh) await giveTo(person, directory);
  }
  return ((await readText(`${own}.pub`)) ?? '').trim();
}

/** The files of a person's copy of the key, for `destroy`. */
export const keyFiles = (person: Person): string[] => [keyOf(person), `${keyOf(person)}.pub`];

/** Words for ssh that reach a server whose host key nobody has seen yet, without asking. */
export function sshWords(paths: Paths, user: string, address: string, command: string): string[] {
  return [
    ...['-i', join(paths.secrets, 'demo-key')],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
    `${user}@${address}`,
    command,
  ];
}
