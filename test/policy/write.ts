import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTORY, matrixOf } from './matrix.ts';
import { walkAll } from './walk.ts';

/** Writes the matrices of docs/policy/ anew. */
const endings: (() => unknown)[] = [];
const byService = await walkAll({ after: (end: () => unknown) => void endings.push(end) } as never);
mkdirSync(DIRECTORY, { recursive: true });
for (const [service, walked] of byService) writeFileSync(join(DIRECTORY, `${service}.txt`), matrixOf(service, walked));
for (const end of endings) await end();
