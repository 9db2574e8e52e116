import { isIP } from 'node:net';
import { OperatorError } from '../core/errors.ts';

/**
 * Addresses and networks of proxies, `192.0.2.1,10.0.0.0/8`: what they say in X-Forwarded-For is where a request came
 * from. Throws OperatorError for what is neither.
 */
export function parseProxies(text: string): string[] {
  const all = text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  for (const one of all) {
    const [address = '', length, ...more] = one.split('/');
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    const fits = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= longest);
    if (longest >= 0 && fits && more.length === 0) continue;
    throw new OperatorError(
      `--trusted-proxies has '${one}', which is no address.`,
      'Give addresses or networks by commas: 192.0.2.1,10.0.0.0/8.',
    );
  }
  return all;
}
