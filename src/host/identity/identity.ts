import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { Agent as TlsAgent } from 'node:https';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { createSignals } from '../../core/signals.ts';
import { askJson, isOk, textOf, type LinkOptions } from '../line.ts';
import { readCredentials, writeCredentials, type Credentials } from './files.ts';

/** How often the certificate's age is looked at, and how soon a renewal that failed is tried again. */
const LOOK_EVERY = 60 * 60_000;
const TRY_AGAIN = 5 * 60_000;
const DEADLINE = 15_000;
/** What an answer under way may take on a connection with the certificate of before. */
const OLD_CONNECTIONS = 120_000;

/** This machine's certificate, in use: connections are asked of it each time, and get the newest. */
export interface HostIdentity {
  tls(): TlsAgent;
  /** When the certificate ends, in milliseconds since 1970. */
  notAfter(): number;
  /** Asks for a new certificate when a third of its life is left. Answers whether it did. Throws when it is refused. */
  renewIfDue(link: LinkOptions): Promise<boolean>;
  /** Lets go of its connections. */
  close(): void;
}

/** Opens what joining left in `directory`. Throws OperatorError when there is nothing. */
export async function openIdentity(directory: string, clock: Clock): Promise<HostIdentity> {
  let credentials = await readCredentials(directory);
  let agent = agentOf(credentials);
  const read = () => new X509Certificate(credentials.certificate);
  return {
    tls: () => agent,
    notAfter: () => read().validToDate.getTime(),
    async renewIfDue(link) {
      const certificate = read();
      const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
      if (to - clock.now() > (to - from) / 3) return false;
      const { publicKey, privateKey } = makeKey();
      const answer = await askJson(
        link,
        '/entry/v1/certificate',
        { public_key: publicKey },
        AbortSignal.timeout(DEADLINE),
      );
      const text = await textOf(answer);
      if (!isOk(answer)) throw new Error(`the controller answered ${answer.statusCode}: ${text.slice(0, 300)}`);
      const issued = JSON.parse(text) as { certificate: string };
      const fresh = { ...credentials, key: privateKey, certificate: issued.certificate };
      await writeCredentials(directory, fresh);
      const old = agent;
      credentials = fresh;
      agent = agentOf(fresh);
      setTimeout(() => old.destroy(), OLD_CONNECTIONS).unref();
      return true;
    },
    close: () => agent.destroy(),
  };
}

/** A key on the curve P-256, both halves in PEM. */
export function makeKey(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function agentOf({ key, certificate, authority }: Credentials): TlsAgent {
  return new TlsAgent({ keepAlive: true, key, cert: certificate, ca: authority, minVersion: 'TLSv1.3' });
}

/** Renews the certificate until aborted, without anybody noticing. */
export async function keepRenewed(
  identity: HostIdentity,
  options: { link: LinkOptions; log: Log; onRenewed?: () => void },
  abort: AbortSignal,
): Promise<void> {
  const signals = createSignals();
  while (!abort.aborted) {
    let pause = LOOK_EVERY;
    try {
      if (await identity.renewIfDue(options.link)) {
        options.log.info('certificate-renewed', { until: new Date(identity.notAfter()).toISOString() });
        options.onRenewed?.();
      }
    } catch (error) {
      pause = TRY_AGAIN;
      const until = new Date(identity.notAfter()).toISOString();
      options.log.warn('certificate-not-renewed', { reason: messageOf(error), until });
    }
    await signals.wait('never', 0, pause, abort);
  }
}
