/** A small hash (FNV-1a, then mixed as in MurmurHash3) for choices that must come out the same every time. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A locally administered MAC address that belongs to this text. */
export function macOf(text: string): string {
  const digits =
    hash32(text).toString(16).padStart(8, '0') + hash32(`${text}+`).toString(16).padStart(8, '0').slice(0, 2);
  return `02:${(digits.match(/../g) ?? []).join(':')}`;
}

/**
 * Ranks names for one owner so that owners spread evenly over them, and that a name which comes or goes moves only
 * the owners it concerns (rendezvous hashing).
 */
export function rankFor(owner: string, names: readonly string[]): string[] {
  const weighed = names.map((name) => ({ name, weight: hash32(`${owner} ${name}`) }));
  weighed.sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
  return weighed.map(({ name }) => name);
}
