/** What an API answered instead of what was asked for. */
export class ApiFault extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** For the operator, who finds it in the log. */
  readonly requestId: string | null;
  /** Seconds until it may be tried again. */
  readonly retryAfter: number | null;
  /** Keystone's receipt, when a second method of signing in is asked for. */
  readonly receipt: string | null;
  readonly body: unknown;

  constructor(message: string, about: Partial<Omit<ApiFault, 'message'>> & { status: number }) {
    super(message);
    this.name = 'ApiFault';
    this.status = about.status;
    this.requestId = about.requestId ?? null;
    this.retryAfter = about.retryAfter ?? null;
    this.receipt = about.receipt ?? null;
    this.body = about.body;
  }
}

/** A fault from an answer, whichever service it is of. Pure. */
export function faultOf(status: number, header: (name: string) => string | null, text: string): ApiFault {
  const body = parse(text);
  const retry = Number(header('retry-after'));
  return new ApiFault(messageIn(body) ?? '', {
    status,
    requestId: header('x-openstack-request-id'),
    retryAfter: Number.isFinite(retry) && retry > 0 ? retry : null,
    receipt: header('openstack-auth-receipt'),
    body,
  });
}

/**
 * The sentence for people in a fault of any service: Nova and Cinder have `{badRequest: {message}}`, Keystone
 * `{error: {message}}`, Neutron `{NeutronError: {message}}`, Glance `{message}`, Placement `{errors: [{detail}]}`.
 */
export function messageIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { message, errors } = body as { message?: unknown; errors?: unknown };
  if (typeof message === 'string') return message;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (typeof first === 'object' && first !== null && 'detail' in first) return String(first.detail);
  for (const value of Object.values(body)) {
    if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string') {
      return value.message;
    }
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
