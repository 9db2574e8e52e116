import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';

export const listKeyPairs: Operation = {
  request: request('GET /compute/v2.1/os-keypairs', {}),
  command: openstack('keypair', 'list'),
};

export const addKeyPair = (name: string, publicKey: string): Operation => ({
  request: request('POST /compute/v2.1/os-keypairs', {
    body: { keypair: { name, type: 'ssh', public_key: publicKey } },
  }),
  command: openstack('keypair', 'create', ['--public-key', '~/.ssh/id_ed25519.pub'], name),
});

/** A key pair that the cloud makes, for browsers that cannot: Nova does until 2.91. The answer has the private key. */
export function makeKeyPairThere(name: string): Operation {
  const asked = request('POST /compute/v2.1/os-keypairs', { body: { keypair: { name, type: 'ssh' } } });
  return {
    request: { ...asked, headers: { ...asked.headers, 'OpenStack-API-Version': 'compute 2.91' } },
    command: openstack('keypair', 'create', ['--private-key', `${name}.pem`], name),
  };
}

export const deleteKeyPair = (name: string): Operation => ({
  request: request('DELETE /compute/v2.1/os-keypairs/{name}', { path: { name } }),
  command: openstack('keypair', 'delete', name),
});

/** A name that Nova takes, made of any text: letters, digits, and some signs. Pure. */
export function keyNameOf(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return plain
    .replaceAll(/[^\w\-. @]+/g, '-')
    .replaceAll(/^[\s-]+|[\s-]+$/g, '')
    .slice(0, 255);
}

export const isKeyName = (name: string): boolean => /^[\w\-. @]+$/.test(name.trim());
