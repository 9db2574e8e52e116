import type { HostServer } from '../document.ts';
import type { TaggedDevice } from './devices.ts';
import { EC2_VERSIONS, ec2Item, ec2MetaData } from './ec2.ts';
import { OPENSTACK_VERSIONS, openstackFiles, userData } from './openstack.ts';

export interface Item {
  body: Buffer;
  type: string;
}

/** What the metadata service answers to `GET path`, or null for 404. Pure, apart from the random seed. */
export function metadataItem(server: HostServer, path: string, devices: readonly TaggedDevice[] = []): Item | null {
  const words = path.split('/').filter((word) => word !== '');
  const [first, ...rest] = words;
  if (first === undefined) return plain([...EC2_VERSIONS, 'latest'].join('\n'));
  if (first === 'openstack') return openstackItem(server, rest, devices);
  const version = known(EC2_VERSIONS, first);
  if (version === null) return null;
  const body = ec2Item(server, version, rest);
  const type = rest[0] === 'user-data' ? 'application/octet-stream' : 'text/plain; charset=utf-8';
  return body && { body, type };
}

function openstackItem(
  server: HostServer,
  [word, name, ...more]: string[],
  devices: readonly TaggedDevice[],
): Item | null {
  if (word === undefined) return plain([...OPENSTACK_VERSIONS, 'latest'].join('\n'));
  const version = known(OPENSTACK_VERSIONS, word);
  if (version === null || more.length > 0) return null;
  const files = openstackFiles(server, version, { withPassword: false, devices });
  if (name === undefined) return plain([...files.keys()].join('\n'));
  const body = files.get(name);
  return body ? { body, type: typeOf(name) } : null;
}

/** A version asked for as such, or by a later day than any we know: that is answered with the newest, as Nova does. */
function known(versions: readonly string[], asked: string): string | null {
  if (asked === 'latest' || versions.includes(asked)) return asked;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(asked);
  return day ? (versions.filter((version) => version <= asked).at(-1) ?? null) : null;
}

/** All files of the config drive by path, those with the same content once more under another path. */
export function configDriveFiles(server: HostServer, devices: readonly TaggedDevice[] = []): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const user = userData(server);
  // Nova leaves out the older EC2 versions too (config_drive_skip_versions).
  for (const version of ['2009-04-04', 'latest']) {
    const data = { ...ec2MetaData(server, version), 'public-keys': publicKeys(server) };
    files.set(`ec2/${version}/meta-data.json`, Buffer.from(JSON.stringify(data)));
    if (user) files.set(`ec2/${version}/user-data`, user);
  }
  for (const version of [...OPENSTACK_VERSIONS, 'latest']) {
    for (const [name, body] of openstackFiles(server, version, { withPassword: true, devices })) {
      files.set(`openstack/${version}/${name}`, body);
    }
  }
  return files;
}

function publicKeys(server: HostServer) {
  const [key] = server.metadata.keys;
  return key ? { '0': { _name: `0=${key.name}`, 'openssh-key': key.data } } : {};
}

function typeOf(name: string): string {
  if (name.endsWith('.json')) return 'application/json';
  return name === 'user_data' ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

function plain(value: string): Item {
  return { body: Buffer.from(value), type: 'text/plain; charset=utf-8' };
}
