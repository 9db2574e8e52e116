import { filledPairs, twice, type Pair } from '../../../parts/form/pairs.ts';

/** Tags as a person writes them, separated by commas. Pure. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

/** What is wrong with tags: https://docs.openstack.org/api-ref/compute/#server-tags-servers-tags. Pure. */
export function tagProblem(text: string): 'tag-long' | 'tag-slash' | 'tag-many' | null {
  const tags = tagsOf(text);
  if (tags.some((tag) => tag.length > 60)) return 'tag-long';
  if (tags.some((tag) => tag.includes('/'))) return 'tag-slash';
  return tags.length > 50 ? 'tag-many' : null;
}

/** What is wrong with properties: names of letters, digits and -_:. and space, each once. Pure. */
export function propertyProblem(pairs: readonly Pair[]): 'property-name' | 'property-twice' | 'property-long' | null {
  const filled = filledPairs(pairs);
  if (filled.some(([name]) => !/^[\w:. -]{1,255}$/.test(name))) return 'property-name';
  if (twice(pairs).length > 0) return 'property-twice';
  return filled.some(([, value]) => value.length > 255) ? 'property-long' : null;
}
