import { OperatorError } from './errors.ts';

/**
 * What an operator copies to a machine that is to join: where the controller is, how its authority is told from an
 * impostor's, and a secret that counts once. The idea is k3s's (`pkg/clientaccess/token.go`): who joins checks the
 * fingerprint before it says the secret.
 */
export interface JoinToken {
  /** `https://192.0.2.1:5001`. */
  controller: string;
  /** SHA-256 of the authority's certificate in DER, base64url. */
  fingerprint: string;
  secret: string;
}

/** `v1.FINGERPRINT.SECRET@192.0.2.1:5001`. */
export function printJoinToken({ controller, fingerprint, secret }: JoinToken): string {
  return `v1.${fingerprint}.${secret}@${controller.replace(/^https:\/\//, '')}`;
}

/** Throws OperatorError for a text that is no token, or not all of it. */
export function parseJoinToken(text: string): JoinToken {
  const [, fingerprint, secret, place] =
    /^v1\.([\w-]{43})\.([\w-]{22,64})@([^/?#@\s]+:\d{1,5})$/.exec(text.trim()) ?? [];
  const controller = `https://${place ?? ''}`;
  if (fingerprint === undefined || secret === undefined || !URL.canParse(controller)) {
    throw new OperatorError(
      'This is no join token of this release, or not all of one.',
      'Copy the whole line that `potluck host invite` printed on the controller.',
    );
  }
  return { controller, fingerprint, secret };
}
