import type { HostId } from '../core/ids.ts';
import type { HostDocument, HostUpload } from '../host/document.ts';
import type { App } from '../http/app.ts';
import { hostNetworks, serverPorts } from '../network/index.ts';
import type { Reader, Store } from '../store/store.ts';
import { hostVolumes, hostVolumeUploads, serverAttachments } from '../volume/index.ts';
import { zoneOfHost } from './catalogue/aggregates.ts';
import { documentHash, RENDERED, renderDocument } from './host-document.ts';
import { hostImages } from './host-images.ts';
import { hostKeptImages, keptOf } from './kept.ts';
import { hostServerImages } from './server-images.ts';

/** How long a document that nobody said has changed is not rendered again, in milliseconds. */
const RENDER_EVERY = 120_000;

/** What a controller last rendered of each host: to know that there is nothing new without doing it again. */
interface Rendered {
  generation: number;
  hash: string | null;
  /** How often its signal had been raised before. */
  raised: number;
  at: number;
}

const renderedBy = new WeakMap<Store, Map<HostId, Rendered>>();

/**
 * The host's document when it is newer than the generation that its agent has seen, or its generation alone. What
 * changes a document raises the host's signal; while that is quiet, the content is looked at again only now and then.
 * `row` is the host's as it was just read.
 */
export async function documentAfter(
  app: App,
  hostId: HostId,
  seen: number,
  row: { generation: number; document_hash: string | null },
): Promise<{ generation: number; document: HostDocument | null }> {
  const raised = app.signals.count(`host:${hostId}`);
  const known = renderedBy.get(app.store) ?? new Map<HostId, Rendered>();
  renderedBy.set(app.store, known);
  const last = known.get(hostId);
  const now = app.clock.now();
  if (last?.generation === seen && last.raised === raised && Math.abs(now - last.at) < RENDER_EVERY) {
    if (row.generation === seen && row.document_hash === last.hash) return { generation: seen, document: null };
  }
  const { document, hash } = await currentDocument(app, hostId);
  known.set(hostId, { generation: document.generation, hash, raised, at: now });
  return { generation: document.generation, document: document.generation > seen ? document : null };
}

export const PASSWORD_PURPOSE = 'server-password';

/**
 * The host's document and its generation. Most changes raise the generation in their own transaction; what another
 * service changed (a floating address, the name of a security group) is seen here by the content's hash, so that a
 * generation never has two contents.
 */
export async function currentDocument(app: App, hostId: HostId): Promise<{ document: HostDocument; hash: string }> {
  const known = await app.store.snapshot(async (db) => {
    const { generation, document_hash: noted } = await generationOf(db, hostId);
    // Without a hash it is new, and what is read below is written down.
    if (noted === null) return null;
    const content = await render(app, db, hostId);
    const hash = documentHash(content);
    return noted === hash ? { document: { ...content, generation }, hash } : null;
  });
  if (known) return known;
  return app.store.transaction(async (tx) => {
    const row = await generationOf(tx.db, hostId);
    const fresh = await render(app, tx.db, hostId);
    const hash = documentHash(fresh);
    if (row.document_hash === hash) return { document: { ...fresh, generation: row.generation }, hash };
    const generation = row.document_hash === null ? row.generation : row.generation + 1;
    await tx.db.updateTable('hosts').set({ generation, document_hash: hash }).where('id', '=', hostId).execute();
    return { document: { ...fresh, generation }, hash };
  });
}

/** An agent that knows a newer generation than we do has outlived a database put back from a backup: pass it. */
export async function passGeneration(app: App, hostId: HostId, seen: number): Promise<void> {
  await app.store.transaction((tx) =>
    tx.db
      .updateTable('hosts')
      .set({ generation: seen + 1, document_hash: null })
      .where('id', '=', hostId)
      .where('generation', '<', seen)
      .execute(),
  );
}

async function generationOf(db: Reader, hostId: HostId) {
  return db
    .selectFrom('hosts')
    .select(['generation', 'document_hash'])
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
}

async function render(app: App, db: Reader, hostId: HostId): Promise<Omit<HostDocument, 'generation'>> {
  const servers = await db
    .selectFrom('servers')
    .select(RENDERED)
    .where('host_id', '=', hostId)
    .where('deleted', '=', 0)
    .where((where) =>
      where.or([where('task_state', 'is', null), where('task_state', 'not in', ['deleting', 'shelving_offloading'])]),
    )
    // What is lost is not made anew by itself: a rebuild counts further.
    .where((where) => where.or([where('lost_build', 'is', null), where('lost_build', '<', where.ref('build'))]))
    .orderBy('number')
    .execute();
  const host = await db
    .selectFrom('hosts')
    .select(['name', 'restored'])
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  const ids = servers.map((server) => server.id);
  return renderDocument({
    host: hostId,
    zone: await zoneOfHost(db, host.name),
    onFailure: app.config.onServerFailure,
    servers,
    ports: await serverPorts(db, ids),
    networks: await hostNetworks(db, hostId),
    attachments: await serverAttachments(db, ids),
    volumes: await hostVolumes(db, hostId),
    images: await hostImages(db, hostId),
    kept: keptOf(host.restored),
    uploads: [
      ...(await hostServerImages(db, hostId)),
      ...(await uploadsOfVolumes(db, hostId)),
      ...(host.restored === null ? [] : await hostKeptImages(db, hostId)),
    ],
    open: (sealed) => app.secrets.open(PASSWORD_PURPOSE, sealed),
  });
}

async function uploadsOfVolumes(db: Reader, hostId: HostId): Promise<HostUpload[]> {
  const uploads = await hostVolumeUploads(db, hostId);
  return uploads.map(({ id, volumeId, format }) => ({ id, from: { kind: 'volume', id: volumeId }, format }));
}
