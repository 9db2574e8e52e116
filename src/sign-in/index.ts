/*
 * Setting up who may sign in with an account that they have elsewhere: a mapping's rules as a person means them, and
 * what is to be asked of Keystone's federation API. Plain functions that need nothing of Node, so that the console's
 * bundle has them as well.
 */

export type { Rule } from './rule.ts';
export { meaningOf, ruleOf, type Account, type Condition, type Gift, type Meaning } from './meaning.ts';
export { sentenceOf, type RuleWords } from './sentence.ts';
export { ENGLISH } from './words.ts';
export { accountOf, conditionsOf, idOf, isPublic, issuerOf, rulesFor, type Grant, type Who } from './settings.ts';
export {
  FEDERATION,
  mappingOf,
  planOf,
  PROTOCOL,
  protocolPath,
  setRules,
  type Known,
  type OidcSettings,
  type Step,
  type Wanted,
} from './plan.ts';
