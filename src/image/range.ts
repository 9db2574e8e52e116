/** Bytes from `start` up to and with `end`. */
export interface Range {
  start: number;
  end: number;
}

/**
 * What a `Range` header asks of `size` bytes: null for all of them (also for forms that may be ignored: other units,
 * several ranges), `unsatisfiable` when there are no such bytes (RFC 9110, 14.1 and 14.2).
 */
export function parseRange(header: string | undefined, size: number): Range | null | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}
