import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A test that fails, and why we know. */
export interface Known {
  cause: string;
  mend: string;
  /** It fails on simulated hosts and passes on real ones. */
  simulatedOnly: boolean;
}

const FILE = join(import.meta.dirname, 'known.txt');

/** Tests that are known to fail, by name. */
export const readKnown = (): Map<string, Known> => parseKnown(readFileSync(FILE, 'utf8'));

/** Reads `test: NAME`, `cause: …`, `mend: …`, and maybe `where: simulated hosts`, in paragraphs; lines with `#` are remarks. Pure. */
export function parseKnown(text: string): Map<string, Known> {
  const known = new Map<string, Known>();
  const content = text.replace(/^#.*\n?/gm, '');
  for (const paragraph of content.split(/\n\s*\n/).filter((one) => one.trim() !== '')) {
    const of = (key: string) => {
      const found = new RegExp(`^${key}:(.*(?:\\n[ \\t].*)*)`, 'm').exec(paragraph);
      if (!found?.[1]) throw new Error(`known.txt: a paragraph has no '${key}:': ${paragraph.trim().slice(0, 80)}`);
      return found[1].replace(/\s+/g, ' ').trim();
    };
    const simulatedOnly = /^where: simulated hosts$/m.test(paragraph);
    known.set(of('test'), { cause: of('cause'), mend: of('mend'), simulatedOnly });
  }
  return known;
}
