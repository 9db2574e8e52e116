import type { Operation } from '../../../how/operation.ts';
import { assign, createProject, createUser, makeNetwork, type Actor } from './operations.ts';
import { quotaOperations, type Limits } from './quotas.ts';

/** Somebody who is invited into a project: an account that is there, or one that is made. */
export interface Invited {
  name: string;
  role: string;
}

export interface NewProject {
  name: string;
  description: string;
  network: boolean;
  people: readonly Invited[];
  limits: Limits;
}

/** What the cloud knows already, and what has been made of it so far: a second try goes on where the first one ended. */
export interface Known {
  users: ReadonlyMap<string, string>;
  roles: ReadonlyMap<string, string>;
  /** Made by this form. */
  project: string | null;
  accounts: ReadonlyMap<string, { id: string; password: string }>;
  done: ReadonlySet<string>;
}

export type Step =
  | { kind: 'project'; key: string; operation: Operation }
  | { kind: 'network'; key: string; operation: Operation }
  | { kind: 'account'; key: string; name: string; password: string; operation: Operation }
  | { kind: 'role'; key: string; name: string; operation: Operation }
  | { kind: 'quotas'; key: string; operation: Operation };

/**
 * All that a new project takes, in its order. What is not made yet has its name in the place of its id, so that the plan can be
 * shown before it is carried out. `password` makes one for a new account. Pure.
 */
export function planOf(wanted: NewProject, known: Known, password: (name: string) => string): Step[] {
  const project = { id: known.project ?? wanted.name, name: wanted.name };
  const people = wanted.people.filter(({ name }) => name.trim() !== '');
  const idOf = (name: string) => known.users.get(name) ?? known.accounts.get(name)?.id;
  const steps: Step[] = [{ kind: 'project', key: 'project', operation: createProject(wanted) }];
  if (wanted.network) steps.push({ kind: 'network', key: 'network', operation: makeNetwork(project) });
  for (const operation of quotaOperations(project, wanted.limits)) {
    steps.push({ kind: 'quotas', key: `quotas ${operation.request.path.split('/')[1]}`, operation });
  }
  for (const { name, role } of people) {
    if (!known.users.has(name)) {
      const secret = known.accounts.get(name)?.password ?? password(name);
      steps.push({
        ...{ kind: 'account', key: `account ${name}`, name, password: secret },
        operation: createUser({ name, password: secret, email: '', description: '', project: project.id }),
      });
    }
    const actor: Actor = { kind: 'user', id: idOf(name) ?? name, name };
    steps.push({
      ...{ kind: 'role', key: `role ${name}`, name },
      operation: assign('add', { actor, role: { id: known.roles.get(role) ?? role, name: role }, project }),
    });
  }
  return steps.map((step) => step);
}

/** A password for a first sign-in, of letters and digits that are not taken for one another: about 95 bits. */
export function firstPassword(random: (bytes: number) => Uint8Array): string {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  // Bytes beyond the last whole round of the alphabet would make its first letters likelier.
  const most = 256 - (256 % letters.length);
  let word = '';
  while (word.length < 16) {
    for (const byte of random(32)) if (byte < most && word.length < 16) word += letters[byte % letters.length];
  }
  return word;
}
