/** One line of JSON per event on standard error: a name, an outcome, and plain fields. Never a secret. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** A log whose lines all carry these fields too. */
  with(fields: Fields): Log;
}

export type Fields = Record<string, unknown>;
export type Level = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];
const SECRET = /password|secret|token|admin_?pass|private_?key|authorization|credential|user_?data/i;

/** A log that writes lines at or above `level` through `write`. */
export function createLog(
  level: Level = 'info',
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  base: Fields = {},
): Log {
  const emit = (lineLevel: Level, event: string, fields: Fields = {}) => {
    if (LEVELS.indexOf(lineLevel) < LEVELS.indexOf(level)) return;
    write(JSON.stringify({ time: new Date().toISOString(), level: lineLevel, event, ...base, ...fields }, printable));
  };
  return {
    debug: (event, fields) => emit('debug', event, fields),
    info: (event, fields) => emit('info', event, fields),
    warn: (event, fields) => emit('warn', event, fields),
    error: (event, fields) => emit('error', event, fields),
    with: (fields) => createLog(level, write, { ...base, ...fields }),
  };
}

export const silentLog: Log = createLog('error', () => undefined);

function printable(key: string, value: unknown): unknown {
  if (key !== '' && SECRET.test(key)) return '***';
  if (value instanceof Error) {
    return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
  }
  return value;
}
