import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../core/log.ts';
import type { HostDocument, HostNetwork, HostServer } from '../document.ts';
import type { MetadataDriver } from '../drivers.ts';
import { makeDirectory, remove } from '../files.ts';
import { networksDirectory, type HostPaths } from '../paths.ts';
import { markedDevices } from '../ports/devices.ts';
import type { Switch } from '../ports/switch.ts';
import { linkLocal } from './addresses.ts';
import { listenIn, makeNamespace, namespaceOf, removeNamespace, shortOf } from './namespace.ts';
import { neighboursOf, setNeighbours } from './neighbours.ts';
import { isPasswordPath, type GuestPasswords } from './password.ts';
import { metadataItem } from './render.ts';
import type { TaggedDevice } from './devices.ts';

export interface MetadataOptions {
  paths: HostPaths;
  ovs: Switch;
  log: Log;
  /** The devices of a server that the user gave names. */
  devicesOf: (server: HostServer) => readonly TaggedDevice[];
  passwords: GuestPasswords;
}

/** Bytes that a guest may send. */
const MOST_SAID = 4096;

/** The body of a request; null when it is too long. */
async function readText(request: IncomingMessage, most: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The server with this address in this network; addresses of different networks may overlap. */
export function findClient(document: HostDocument, network: string, address: string): HostServer | null {
  const plain = address.replace(/^::ffff:/, '').replace(/%.*$/, '');
  return (
    document.servers.find((server) =>
      server.ports.some(
        (port) =>
          port.networkId === network &&
          (port.addresses.some((own) => own.address === plain) || linkLocal(port.mac) === plain),
      ),
    ) ?? null
  );
}

/**
 * Answers guests on 169.254.169.254 from the document, so that they are answered whether or not the controller is
 * there. One namespace and one socket per network; which socket a request came by tells its network.
 */
export function createMetadata({ paths, ovs, log, devicesOf, passwords }: MetadataOptions): MetadataDriver {
  const serving = new Map<string, { server: Server | null; made: string }>();
  /** Guests as each network's namespace was told. */
  const neighbours = new Map<string, Map<string, string>>();
  const directory = networksDirectory(paths);
  let current: HostDocument | null = null;

  const answer = (network: string, request: IncomingMessage, response: ServerResponse) => {
    const client = current && findClient(current, network, request.socket.remoteAddress ?? '');
    const { pathname } = new URL(request.url ?? '/', 'http://metadata');
    if (client && isPasswordPath(pathname)) return void answerPassword(client, request, response);
    const item = client && request.method === 'GET' ? metadataItem(client, pathname, devicesOf(client)) : null;
    log.debug('metadata', { network, client: client?.id ?? null, path: pathname, found: item !== null });
    if (!item) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found\n');
    response.writeHead(200, { 'content-type': item.type, 'content-length': item.body.length }).end(item.body);
  };

  const answerPassword = async (client: HostServer, request: IncomingMessage, response: ServerResponse) => {
    const end = (status: number, body: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
    };
    try {
      if (request.method === 'GET') return end(200, await passwords.get(client.id));
      if (request.method !== 'POST') return end(405, 'Method Not Allowed\n');
      const text = await readText(request, MOST_SAID);
      const status = text === null ? 400 : await passwords.set(client.id, text);
      end(status, '');
    } catch (error) {
      log.warn('guest-password-failed', { server: client.id, error });
      end(503, 'The controller cannot be reached now; ask again.\n');
    }
  };

  const serve = async (network: HostNetwork) => {
    const made = JSON.stringify(network);
    const before = serving.get(network.id);
    if (before?.server && before.made === made) return;
    // The note comes first: what it names is removed some day, however far we get.
    await makeDirectory(directory, 0o755);
    await writeFile(join(directory, network.id), '');
    const at = await makeNamespace(network);
    const ids = { 'iface-id': network.metadataPort.id, 'attached-mac': network.metadataPort.mac };
    await ovs.plug([{ device: at.outer, ids, mark: 'metadata', mtu: network.mtu }]);
    const server = before?.server ?? createServer((request, response) => answer(network.id, request, response));
    if (!before?.server) {
      server.requestTimeout = 10_000;
      server.maxConnections = 256;
      const socket = await listenIn(at);
      await new Promise<void>((resolve) => server.listen(socket, resolve));
    }
    serving.set(network.id, { server, made });
  };

  const introduce = async (network: string, document: HostDocument) => {
    const wants = neighboursOf(document, network);
    await setNeighbours(namespaceOf(network), neighbours.get(network) ?? null, wants);
    neighbours.set(network, wants);
  };

  const drop = async (network: string) => {
    serving.get(network)?.server?.close().closeAllConnections();
    serving.delete(network);
    neighbours.delete(network);
    const at = namespaceOf(network);
    await ovs.unplug([at.outer]);
    await removeNamespace(at);
    await remove(join(directory, network));
  };

  return {
    async apply(document) {
      current = document;
      const wanted = new Set(document.networks.map((network) => network.id));
      const [noted, plugged, devices] = await Promise.all([
        readdir(directory).catch(() => []),
        ovs.plugged('metadata'),
        markedDevices('metadata'),
      ]);
      const shorts = new Set(document.networks.map((network) => network.id.slice(0, 11)));
      const strays = [...plugged, ...devices].map(shortOf).filter((short) => !shorts.has(short));
      const gone = new Set([...noted, ...serving.keys()].filter((network) => !wanted.has(network)));
      for (const short of strays) if (![...gone].some((id) => id.startsWith(short))) gone.add(short);
      const work = [
        ...document.networks.map((network) => serve(network).then(() => introduce(network.id, document))),
        ...[...gone].map(drop),
      ];
      const results = await Promise.allSettled(work);
      for (const result of results) {
        if (result.status === 'rejected') log.warn('metadata-failed', { error: result.reason });
      }
    },
    close() {
      for (const { server } of serving.values()) server?.close().closeAllConnections();
      return Promise.resolve();
    },
  };
}
