import { plainRequest } from '../api/request.ts';
import { send } from '../api/send.ts';
import { privateKeyFile, publicKeyLine } from './openssh.ts';

/** A key made for a person: the public half is for the cloud, the private one for a file of theirs alone. */
export interface MadeKey {
  publicKey: string;
  privateKey: string;
}

/** Whether this browser makes keys itself: over plain HTTP browsers keep their cryptography to themselves. */
export const makesKeys = (): boolean => isSecureContext;

/** Makes an Ed25519 key in this browser; its private half leaves it only as a download. */
export async function makeKey(comment: string): Promise<MadeKey> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const [check = 0] = crypto.getRandomValues(new Uint32Array(1));
  // RFC 8410: the seed is the last 32 bytes.
  const seed = pkcs8.slice(-32);
  return { publicKey: publicKeyLine(publicKey, comment), privateKey: privateKeyFile(seed, publicKey, comment, check) };
}

/**
 * Registers a new key pair under a name, and answers the private half. Where the browser cannot make one, the cloud does, which it
 * still offers at microversions before 2.92, and keeps nothing of it. Throws ApiFault.
 */
export async function makeKeyPair(name: string): Promise<string> {
  if (makesKeys()) {
    const { publicKey, privateKey } = await makeKey(name);
    const keypair = { name, type: 'ssh', public_key: publicKey };
    await send(plainRequest('POST', '/compute/v2.1/os-keypairs', { body: { keypair } }));
    return privateKey;
  }
  const older = plainRequest('POST', '/compute/v2.1/os-keypairs', { body: { keypair: { name, type: 'ssh' } } });
  older.headers['OpenStack-API-Version'] = 'compute 2.91';
  const { keypair } = await send<{ keypair: { private_key: string } }>(older);
  return keypair.private_key;
}

/** Gives a text to the person as a file. */
export function downloadText(name: string, content: string, type = 'application/octet-stream'): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
