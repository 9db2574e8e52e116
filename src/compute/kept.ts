import { badRequest, conflict, notFound } from '../core/errors.ts';
import { newUuid, type HostId, type ImageId, type ProjectId, type ServerId } from '../core/ids.ts';
import type { HostKept, HostReport, HostUpload, KeptServer } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { createMadeImage, discardImage, imageStatuses } from '../image/index.ts';
import { findProject } from '../identity/index.ts';
import { writeAudit } from '../store/audit.ts';
import { fromJson, toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { touchHost } from './hosts.ts';

// Servers that a host keeps, stopped, though a database that was restored knows nothing of them: docs/decisions/0030.

/** `hosts.restored` until the host has said what it has. */
export const WAITS = 'waits';

export const isAwaited = (restored: string | null): boolean => restored === WAITS;

/** `hosts.restored` from then on, as JSON, while the host keeps anything. */
interface Kept {
  servers: ServerId[];
  /** Written by releases that kept volumes in the same way. */
  volumes?: HostKept['volumes'];
  /** Milliseconds since 1970. */
  since?: number;
  /** What the host remembers of them. */
  about?: Record<ServerId, KeptServer>;
  /** Images that are made, or were, of their disks. */
  images?: Record<ServerId, { id: ImageId; reason: string | null }>;
}

const read = (restored: string | null): Kept | null =>
  restored === null || isAwaited(restored) ? null : fromJson<Kept>(restored);

/** What a host begins to keep; null for nothing. */
export const keptServers = (servers: ServerId[], since: number): Kept | null =>
  servers.length === 0 ? null : { servers: servers.sort(), since };

/** What the host is told to keep. */
export function keptOf(restored: string | null): HostKept | null {
  const kept = read(restored);
  return kept && { servers: kept.servers, volumes: kept.volumes ?? [] };
}

/** A server that a host keeps. */
export interface KeptRow {
  id: ServerId;
  host: string;
  about: KeptServer | null;
  since: number | null;
  /** The image of its disk, and why there is none though one was asked for. */
  image: { id: ImageId; status: string | null } | null;
  reason: string | null;
}

interface Keeper {
  id: HostId;
  name: string;
  kept: Kept;
}

/** Hosts that keep servers, by name. */
async function keepers(db: Reader, host?: HostId): Promise<Keeper[]> {
  const rows = await db
    .selectFrom('hosts')
    .select(['id', 'name', 'restored'])
    .where('restored', 'is not', null)
    .$if(host !== undefined, (query) => query.where('id', '=', host ?? ('' as HostId)))
    .orderBy('name')
    .execute();
  return rows.flatMap(({ id, name, restored }) => {
    const kept = read(restored);
    return kept ? [{ id, name, kept }] : [];
  });
}

export async function readKept(db: Reader): Promise<KeptRow[]> {
  const hosts = await keepers(db);
  const images = hosts.flatMap(({ kept }) => Object.values(kept.images ?? {}).map(({ id }) => id));
  const statuses = await imageStatuses(db, images);
  return hosts.flatMap(({ name, kept }) =>
    kept.servers.map((id) => {
      const image = kept.images?.[id];
      return {
        ...{ id, host: name, about: kept.about?.[id] ?? null, since: kept.since ?? null },
        image: image && image.reason === null ? { id: image.id, status: statuses.get(image.id) ?? null } : null,
        reason: image?.reason ?? null,
      };
    }),
  );
}

/** The images that a host is to make of servers that it keeps, for its document. */
export async function hostKeptImages(db: Reader, hostId: HostId): Promise<HostUpload[]> {
  const [keeper] = await keepers(db, hostId);
  const asked = Object.entries(keeper?.kept.images ?? {}).filter(([, { reason }]) => reason === null);
  const ids = asked.map(([, { id }]) => id);
  const statuses = await imageStatuses(db, ids);
  return asked
    .filter(([, { id }]) => ['queued', 'saving'].includes(statuses.get(id) ?? ''))
    .map(([server, { id }]) => ({ id, from: { kind: 'server', id: server as ServerId }, format: 'qcow2' }));
}

/** Writes down what the host remembers of what it keeps. */
export async function noteKept(tx: Tx, host: { id: HostId; restored: string | null }, report: HostReport) {
  const kept = read(host.restored);
  if (!kept) return;
  const told = report.servers.flatMap(({ id, kept: about }) =>
    about && kept.servers.includes(id) ? [[id, about] as const] : [],
  );
  const about = { ...kept.about, ...Object.fromEntries(told) };
  if (toJson(about) !== toJson(kept.about ?? {})) await write(tx, host.id, { ...kept, about });
}

async function write(tx: Tx, host: HostId, kept: Kept): Promise<void> {
  const isEmpty = kept.servers.length + (kept.volumes?.length ?? 0) === 0;
  await tx.db
    .updateTable('hosts')
    .set({ restored: isEmpty ? null : toJson(kept) })
    .where('id', '=', host)
    .execute();
}

async function keeperOf(tx: Tx, server: string): Promise<Keeper & { server: ServerId }> {
  const id = server as ServerId;
  const found = (await keepers(tx.db)).find(({ kept }) => kept.servers.includes(id));
  if (!found) throw notFound(`No host keeps a server ${server}. See: potluck host kept`);
  return { ...found, server: id };
}

/**
 * Asks the host that keeps a server for an image of its disk, in the project that the server had unless another is
 * named. Throws ApiError 404, 409 while one is being made, 400 for a project that is not there, 413.
 */
export async function makeKeptImage(
  app: App,
  context: Context,
  id: string,
  wish: { projectId: string | null; name: string | null },
): Promise<ImageId> {
  return app.store.transaction(async (tx) => {
    const { id: host, kept, server } = await keeperOf(tx, id);
    const about = kept.about?.[server] ?? null;
    const project = await findProject(tx.db, wish.projectId ?? about?.projectId ?? '');
    if (!project) throw badRequest(`The project of server ${id} is not there any more: name another one.`);
    const before = kept.images?.[server];
    const status = before?.reason === null ? (await imageStatuses(tx.db, [before.id])).get(before.id) : undefined;
    if (status === 'queued' || status === 'saving') {
      throw conflict(`Image ${before?.id} is being made of server ${id} already.`);
    }
    if (about?.diskGib === null) {
      throw badRequest(`Server ${id} has no disk of its own: it booted from a volume. See the volumes that are kept.`);
    }
    const imageId = newUuid<'image'>();
    await createMadeImage(app, tx, context, {
      ...{ id: imageId, name: wish.name ?? about?.name ?? id, owner: project.id as ProjectId, diskFormat: 'qcow2' },
      ...{ minDiskGib: about?.diskGib ?? 0, minRamMib: 0 },
      properties: { image_type: 'snapshot', instance_uuid: server },
    });
    await write(tx, host, { ...kept, images: { ...kept.images, [server]: { id: imageId, reason: null } } });
    await touchHost(tx, host);
    await writeAudit(tx, context, 'enrolment:kept:adopt', server, { image: imageId, project: project.id });
    return imageId;
  });
}

/** A host could not make the image of a server that it keeps. Answers false when it was none of those. */
export async function failKeptImage(tx: Tx, host: HostId, image: ImageId, reason: string, now: number) {
  const [keeper] = await keepers(tx.db, host);
  const entry = Object.entries(keeper?.kept.images ?? {}).find(([, { id }]) => id === image);
  if (!keeper || !entry) return false;
  const images = { ...keeper.kept.images, [entry[0]]: { id: image, reason } };
  await write(tx, host, { ...keeper.kept, images });
  await discardImage(tx, image, now);
  await touchHost(tx, host);
  return true;
}

/** Has the host remove a server that it keeps, with its disk. Throws ApiError 404, and 409 while an image is made of it. */
export async function forgetKept(tx: Tx, context: Context, id: string): Promise<void> {
  const { id: host, kept, server } = await keeperOf(tx, id);
  const making = (await hostKeptImages(tx.db, host)).find(({ from }) => from.id === server);
  if (making) throw conflict(`Image ${making.id} is being made of server ${id}: wait for it, or delete the image.`);
  const { [server]: _image, ...images } = kept.images ?? {};
  const { [server]: _about, ...about } = kept.about ?? {};
  await write(tx, host, { ...kept, images, about, servers: kept.servers.filter((one) => one !== server) });
  await touchHost(tx, host);
  await writeAudit(tx, context, 'enrolment:kept:forget', server, { host });
}
