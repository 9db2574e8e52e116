import { existsSync, readFileSync } from 'node:fs';
import { OperatorError } from '../core/errors.ts';
import { withoutPassword } from './addresses.ts';

/**
 * Which database: what the command line says, then the file, then the environment's POTLUCK_DATABASE. Throws OperatorError
 * for what is no address, and for a password that all would see.
 */
export function databaseOf(url: string | undefined, file: string | undefined): { database?: string } {
  if (url !== undefined && url !== withoutPassword(url)) {
    throw new OperatorError(
      'The address in --database has a password, which everybody on this machine can see.',
      'Write the address into a file that only the service may read, and give --database-file FILE.',
    );
  }
  if (file !== undefined && !existsSync(file)) {
    throw new OperatorError(`There is no file ${file}.`, 'Give --database-file a file with one line: postgres://…');
  }
  const given = url ?? (file === undefined ? process.env.POTLUCK_DATABASE : readFileSync(file, 'utf8').trim());
  if (given === undefined || given === '') return {};
  if (!/^postgres(ql)?:\/\//.test(given)) {
    throw new OperatorError(`'${withoutPassword(given)}' is not the address of a database.`, DATABASE_FORM);
  }
  return { database: given };
}

const DATABASE_FORM =
  'Give postgres://USER@HOST/NAME, or for a unix socket postgres://USER@/NAME?host=/run/postgresql.';
