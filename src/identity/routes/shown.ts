import type { FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { signedRequest } from '../oauth/request.ts';
import type { Shown } from '../tokens/authenticate.ts';
import { RECEIPT_HEADER } from '../tokens/receipts.ts';

/** What the headers of a log-in show. */
export function shownBy(app: App, request: FastifyRequest): Shown {
  const receipt = request.headers[RECEIPT_HEADER];
  return {
    signed: () => signedRequest(app, request),
    receipt: typeof receipt === 'string' && receipt !== '' ? receipt : null,
  };
}
