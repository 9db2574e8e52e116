import { chown, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { OperatorError } from '../core/errors.ts';
import { run } from './run.ts';

/** Somebody who gets a clouds.yaml and the first key: root, and who called sudo. */
export interface Person {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

/** Root and, under sudo, the person behind it, who comes last. */
export async function people(): Promise<Person[]> {
  const root = { name: 'root', uid: 0, gid: 0, home: process.getuid?.() === 0 ? homedir() : '/root' };
  const name = process.env['SUDO_USER'];
  if (name === undefined || name === '' || name === 'root') return [root];
  const entry = (await run('getent', ['passwd', name])).trim().split(':');
  const [, , uid, gid, , home] = entry;
  if (home === undefined || home === '') {
    throw new OperatorError(`The user ${name} has no home directory.`, 'Call `potluck up` as root without sudo.');
  }
  const itself = { name, uid: Number(uid), gid: Number(gid), home };
  return home === root.home ? [itself] : [{ ...root, home: root.home === home ? '/root' : root.home }, itself];
}

/** Gives files that we made for a person to that person. */
export async function giveTo(person: Person, ...files: string[]): Promise<void> {
  for (const file of files) {
    const { uid, gid } = await stat(file);
    if (uid !== person.uid || gid !== person.gid) await chown(file, person.uid, person.gid);
  }
}
