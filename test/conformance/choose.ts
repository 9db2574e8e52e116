import { readFileSync } from 'node:fs';
import { testName } from './results.ts';

/** What `--list`, `--filter` and `--exclude` say. */
export interface Choice {
  list: string | undefined;
  filter: string | undefined;
  exclude: string | undefined;
}

/** The tests wanted of all that there are, and the names in the list that this Tempest does not have. */
export function chooseTests(all: readonly string[], choice: Choice): { chosen: string[]; unknown: string[] } {
  const filter = new RegExp(choice.filter ?? '');
  const exclude = choice.exclude === undefined ? null : new RegExp(choice.exclude);
  const wanted = all.filter((id) => filter.test(id) && !exclude?.test(id));
  if (choice.list === undefined) return { chosen: wanted, unknown: [] };
  const names = namesIn(readFileSync(choice.list, 'utf8'));
  const known = new Set(all.map(testName));
  const listed = new Set(names);
  return { chosen: wanted.filter((id) => listed.has(testName(id))), unknown: names.filter((name) => !known.has(name)) };
}

/** Names of tests, one to a line; ids in brackets and remarks after `#` are passed over. */
function namesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => testName(line.replace(/#.*/, '').trim()))
    .filter((line) => line !== '');
}
