import type { Condition, Gift, Meaning } from './meaning.ts';

/** How a language says rules. */
export interface RuleWords {
  everybody: string;
  /** Several conditions, all of which must be so. */
  all: (conditions: readonly string[]) => string;
  groups: (names: readonly string[]) => string;
  notGroups: (names: readonly string[]) => string;
  /** `checked`: the provider has seen that the address is theirs. */
  addresses: (domains: readonly string[], checked: boolean) => string;
  checkedAddress: string;
  claim: (claim: string, values: readonly string[]) => string;
  notClaim: (claim: string, values: readonly string[]) => string;
  /** Nothing besides being let in. */
  letIn: string;
  role: (role: string, project: string) => string;
  group: (name: string) => string;
  sameGroups: string;
  /** Who, and what they get. */
  sentence: (who: string, gets: readonly string[]) => string;
}

/** A rule as a person reads it. `groupName` is of a group's id. Pure. */
export function sentenceOf(meaning: Meaning, words: RuleWords, groupName: (id: string) => string = (id) => id): string {
  const checked = meaning.conditions.some(({ kind }) => kind === 'checked-address');
  const addresses = meaning.conditions.some(({ kind }) => kind === 'addresses');
  const conditions = meaning.conditions
    // Said with the address that it is about.
    .filter(({ kind }) => kind !== 'checked-address' || !addresses)
    .map((one) => conditionText(one, words, checked));
  const who = conditions.length === 0 ? words.everybody : words.all(conditions);
  const gets = meaning.gifts.map((gift) => giftText(gift, words, groupName));
  return words.sentence(who, gets.length === 0 ? [words.letIn] : gets);
}

function conditionText(condition: Condition, words: RuleWords, checked: boolean): string {
  switch (condition.kind) {
    case 'groups':
      return (condition.not ? words.notGroups : words.groups)(condition.names);
    case 'addresses':
      return words.addresses(condition.domains, checked);
    case 'checked-address':
      return words.checkedAddress;
    case 'claim':
      return (condition.not ? words.notClaim : words.claim)(condition.claim, condition.values);
  }
}

function giftText(gift: Gift, words: RuleWords, groupName: (id: string) => string): string {
  switch (gift.kind) {
    case 'role':
      return words.role(gift.role, gift.project);
    case 'group':
      return words.group(gift.name);
    case 'group-id':
      return words.group(groupName(gift.id));
    case 'same-groups':
      return words.sameGroups;
  }
}
