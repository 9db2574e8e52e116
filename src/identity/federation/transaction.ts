import { Type, type Static } from 'typebox';
import type { FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { readCookie, writeCookie } from '../../http/session-cookie.ts';
import { compileSchema } from '../../http/validators.ts';

/*
 * What the browser keeps while its user is at the provider: sealed, so that it can neither be read nor made up, and for
 * ten minutes. It comes back from another site, which cookies of SameSite=Strict would not.
 */

const Transaction = Type.Object({
  identityProviderId: Type.String(),
  protocolId: Type.String(),
  state: Type.String(),
  nonce: Type.String(),
  verifier: Type.String(),
  /** What it is for: a session, and the path it begins at; or a token for the console of another address. */
  goal: Type.Union([
    Type.Object({ kind: Type.Literal('session'), returnTo: Type.String() }),
    Type.Object({ kind: Type.Literal('websso'), origin: Type.String() }),
  ]),
  expiresAt: Type.Integer(),
});
export type Transaction = Static<typeof Transaction>;
export type Goal = Transaction['goal'];

const NAME = 'potluck-oidc';
const LIFETIME = 10 * 60_000;
const isTransaction = compileSchema(Transaction);

/** The Set-Cookie with which a transaction begins. */
export function keepTransaction(app: App, request: FastifyRequest, given: Omit<Transaction, 'expiresAt'>): string {
  const text = JSON.stringify({ ...given, expiresAt: app.clock.now() + LIFETIME });
  const value = app.secrets.seal('oidc-transaction', text);
  return writeCookie(app, request, { name: NAME, value, sameSite: 'Lax', seconds: LIFETIME / 1000 });
}

/** The Set-Cookie with which it is over. */
export const endTransaction = (app: App, request: FastifyRequest): string =>
  writeCookie(app, request, { name: NAME, value: '', sameSite: 'Lax', seconds: 0 });

/** The transaction that the browser is in; null when there is none, or it took too long. */
export function readTransaction(app: App, request: FastifyRequest): Transaction | null {
  const value = readCookie(app, request, NAME);
  if (value === null) return null;
  try {
    const transaction: unknown = JSON.parse(app.secrets.open('oidc-transaction', value));
    return isTransaction(transaction) && (transaction as Transaction).expiresAt > app.clock.now()
      ? (transaction as Transaction)
      : null;
  } catch {
    return null;
  }
}
