/**
 * What went wrong, for a client and for an operator.
 *
 * `status` and `publicMessage` reach the client in the shape its service uses (see http/faults.ts); `type` is the name
 * that Neutron and others print (`NetworkNotFound`); `cause` stays in the log.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly publicMessage: string;
  readonly headers: Record<string, string>;
  /** In place of the service's shape, where an API says more than that something is refused. */
  readonly body: object | null;

  constructor(
    status: number,
    type: string,
    publicMessage: string,
    options: { cause?: unknown; headers?: Record<string, string>; body?: object } = {},
  ) {
    super(publicMessage, { cause: options.cause });
    this.name = 'ApiError';
    this.status = status;
    this.type = type;
    this.publicMessage = publicMessage;
    this.headers = options.headers ?? {};
    this.body = options.body ?? null;
  }
}

export const badRequest = (message: string, type = 'BadRequest') => new ApiError(400, type, message);
export const unauthorized = (message = 'The request you have made requires authentication.') =>
  new ApiError(401, 'Unauthorized', message);
export const forbidden = (message = 'You are not allowed to do this.', type = 'Forbidden') =>
  new ApiError(403, type, message);
export const notFound = (message: string, type = 'NotFound') => new ApiError(404, type, message);
export const conflict = (message: string, type = 'Conflict') => new ApiError(409, type, message);
export const tooLarge = (message: string, type = 'OverLimit') => new ApiError(413, type, message);

/**
 * A failure on this machine that an operator can mend: what happened and what to do. The command line prints both
 * and nothing else; a server's fault carries `message`.
 */
export class OperatorError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'OperatorError';
    this.hint = hint;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
