/** The SQLSTATE of what PostgreSQL answered, https://www.postgresql.org/docs/15/errcodes-appendix.html, or Node's code. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** Whether another transaction came in between, so that the same work, begun anew, may succeed. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/**
 * Whether a constraint was violated, which may be what is seen of a conflict: two transactions that both found a name
 * free (https://www.postgresql.org/docs/15/transaction-iso.html#XACT-SERIALIZABLE). Begun anew, the work sees the
 * other's row and says so in its own words.
 */
export function isViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === UNIQUE_VIOLATION || code === FOREIGN_KEY_VIOLATION;
}

/**
 * Whether `pg_xact_status` was asked for a number that was not given yet ("transaction ID … is in the future",
 * invalid_parameter_value): a crash took the transaction that had it.
 */
export const isLostTransaction = (error: unknown): boolean => codeOf(error) === '22023';

const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // admin_shutdown, crash_shutdown, cannot_connect_now, and the timeouts of an idle connection.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
]);

/** Whether the connection is gone, or was refused because the server ends or begins. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (LOST.has(code) || code.startsWith('08')) return true;
  return (
    code === '' &&
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed|Query read timeout|Client is closed)/.test(
      error.message,
    )
  );
}

/**
 * What the server says of a value that its column or its arithmetic cannot take: out of range, not a number, not a text.
 * Values come from clients; division by zero and the like would be ours.
 */
const BAD_VALUES = new Set(['22001', '22003', '22007', '22008', '22021', '22P02', '22P03', '22P05']);

/** Whether a statement failed for a value in it. */
export const isBadValue = (error: unknown): error is Error => error instanceof Error && BAD_VALUES.has(codeOf(error));
