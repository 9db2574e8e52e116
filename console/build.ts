// `npm run build`: what `potluck up` and `potluck dev` do by themselves.
import { join } from 'node:path';
import { ensureConsole } from '../src/console/index.ts';

const built = await ensureConsole(join(import.meta.dirname, '..'), (text) => console.log(`${text} …`));
console.log(built ? 'built' : 'up to date');
