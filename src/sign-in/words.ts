import type { RuleWords } from './sentence.ts';

const or = (names: readonly string[]) => names.map((name) => `“${name}”`).join(' or ');

/** Rules in English: for the command line, and for the console. */
export const ENGLISH: RuleWords = {
  everybody: 'All who have an account there',
  all: ([first = '', ...more]) =>
    [first, ...more.map((one) => one.charAt(0).toLowerCase() + one.slice(1))].join(', if also '),
  groups: (names) => `Members of ${or(names)}`,
  notGroups: (names) => `People who are not in ${or(names)}`,
  addresses: (domains, checked) =>
    `People with a mail address at ${domains.join(' or ')}${checked ? ' that the provider has checked' : ''}`,
  checkedAddress: 'People whose mail address the provider has checked',
  claim: (claim, values) => `People whose “${claim}” is ${or(values)}`,
  notClaim: (claim, values) => `People whose “${claim}” is not ${or(values)}`,
  letIn: 'may sign in',
  role: (role, project) => `get the role ${role} in the project “${project}”`,
  group: (name) => `are in the group “${name}” here`,
  sameGroups: 'are in the groups here that are called as theirs there',
  sentence: (who, gets) => `${who} ${gets.join(', and ')}`,
};
