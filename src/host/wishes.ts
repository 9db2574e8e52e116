import type { ImageId, ServerId, VolumeId } from '../core/ids.ts';
import type { HostDocument, HostServer, HostUpload, HostVolume } from './document.ts';

/** A document by the ids in it, so that looking at everything takes no longer than reading it once. */
export interface Wishes {
  servers: ReadonlyMap<ServerId, HostServer>;
  volumes: ReadonlyMap<VolumeId, HostVolume>;
  uploads: ReadonlyMap<ImageId, HostUpload>;
  /** The servers that want a volume. */
  serversOf: ReadonlyMap<VolumeId, readonly HostServer[]>;
  /** Servers and volumes that are kept though nobody wishes for them. */
  kept: ReadonlySet<string>;
  /** The images to be made of a server's disk or of a volume, by the id of either. */
  uploadsOf: ReadonlyMap<string, readonly ImageId[]>;
}

const known = new WeakMap<HostDocument, Wishes>();
const NONE: Wishes = {
  servers: new Map(),
  volumes: new Map(),
  uploads: new Map(),
  serversOf: new Map(),
  kept: new Set(),
  uploadsOf: new Map(),
};

export function wishesOf(document: HostDocument | null): Wishes {
  if (document === null) return NONE;
  const before = known.get(document);
  if (before) return before;
  const users = document.servers.flatMap((server) =>
    server.attachments.map(({ volumeId }) => [volumeId, server] as const),
  );
  const wishes: Wishes = {
    servers: new Map(document.servers.map((server) => [server.id, server])),
    volumes: new Map(document.volumes.map((volume) => [volume.id, volume])),
    uploads: new Map(document.uploads.map((upload) => [upload.id, upload])),
    serversOf: grouped(users),
    kept: new Set<string>([...(document.kept?.servers ?? []), ...(document.kept?.volumes ?? [])]),
    uploadsOf: grouped(document.uploads.map(({ id, from }) => [from.id, id] as const)),
  };
  known.set(document, wishes);
  return wishes;
}

function grouped<Key, Value>(pairs: readonly (readonly [Key, Value])[]): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
