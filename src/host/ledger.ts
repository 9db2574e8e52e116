import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import type { ImageId, ServerId, VolumeId } from '../core/ids.ts';
import type { HostDocument, HostServer } from './document.ts';
import { makeDirectory, readIfExists, writeAtomic } from './files.ts';
import { NO_VOLUME, type VolumeDone } from './layers.ts';

/**
 * What this host has been told and what it has carried out, on disk: with it an agent goes on after a crash without
 * asking anybody. One JSON file, replaced as a whole.
 */
export interface LedgerContent {
  version: 1;
  document: HostDocument | null;
  servers: Record<ServerId, Done>;
  volumes: Record<VolumeId, VolumeDone>;
  uploads: Record<ImageId, UploadDone>;
  /** What was last wished of servers that are kept though nobody wishes for them. */
  kept: Record<ServerId, HostServer>;
}

const EMPTY: LedgerContent = { version: 1, document: null, servers: {}, volumes: {}, uploads: {}, kept: {} };

/** What was carried out for one server. */
export interface Done {
  build: number;
  boot: number;
  /** Sizes of the disk's layers as they are. */
  layersGib: number[];
  /** The layers of the disks beside it, as `localLayers` names them; an older agent wrote none. */
  localLayers?: string[];
  /** Why QEMU is not running although nobody stopped it. */
  ended: { reason: string; byGuest: boolean } | null;
}

export const NOTHING_DONE: Done = { build: 0, boot: 0, layersGib: [], ended: null };

/** How far an upload is: its copy is complete, the controller has all of it. */
export interface UploadDone {
  sent: boolean;
}

export interface Ledger {
  readonly document: HostDocument | null;
  done(server: ServerId): Done;
  servers(): ServerId[];
  /**
   * Takes the document, or refuses it: see `judge`. It counts at once; the answer, whether it is new, comes when it is
   * on the disk.
   */
  accept(document: HostDocument): Promise<boolean>;
  /** Resolves when the document that counts is on the disk. */
  accepted(): Promise<void>;
  /** Resolves when everything taken and recorded so far is on the disk. */
  settled(): Promise<void>;
  record(server: ServerId, change: Partial<Done>): Promise<void>;
  forget(server: ServerId): Promise<void>;
  /** What was last wished of a server that is kept; null when that is not known. */
  kept(server: ServerId): HostServer | null;
  volume(id: VolumeId): VolumeDone;
  volumes(): VolumeId[];
  recordVolume(id: VolumeId, change: Partial<VolumeDone>): Promise<void>;
  forgetVolume(id: VolumeId): Promise<void>;
  /** null as long as there is no complete copy. */
  upload(id: ImageId): UploadDone | null;
  uploads(): ImageId[];
  recordUpload(id: ImageId, done: UploadDone): Promise<void>;
  forgetUpload(id: ImageId): Promise<void>;
}

/** Whether to take `next` in place of `last`: the reason to refuse it, or null. */
export function judge(last: HostDocument | null, next: HostDocument): string | null {
  if (last === null) return null;
  if (next.host !== last.host) return `it is for host ${next.host}, and this is ${last.host}`;
  if (next.generation < last.generation) return `generation ${next.generation} is older than ${last.generation}`;
  if (next.generation === last.generation && digest(next) !== digest(last)) {
    return `generation ${next.generation} came before with other content`;
  }
  return null;
}

/** Opens the ledger in `directory`, which is made if it is missing. */
export async function openLedger(directory: string): Promise<Ledger> {
  await makeDirectory(directory, 0o755);
  const path = join(directory, 'ledger.json');
  const first = parse(await readIfExists(path), path);
  let latest = first;
  let onDisk = first;
  let writing: { content: LedgerContent; done: Promise<void> } | null = null;
  let queued: Promise<void> | null = null;

  const write = async () => {
    const content = latest;
    const done = writeAtomic(path, JSON.stringify(content));
    queued = null;
    writing = { content, done };
    try {
      await done;
      onDisk = content;
    } finally {
      writing = null;
    }
  };
  // Many servers change at once: changes made while a write is under way share the next one.
  const save = (content: LedgerContent): Promise<void> => {
    latest = content;
    queued ??= (writing?.done ?? Promise.resolve()).catch(() => undefined).then(write);
    return queued;
  };
  const saved = (isIn: (content: LedgerContent) => boolean): Promise<void> => {
    if (isIn(onDisk)) return Promise.resolve();
    // What could not be written is tried again.
    return writing && isIn(writing.content) ? writing.done : save(latest);
  };
  return createLedger(first, { save, saved });
}

/** Where the content is kept. */
interface Keeper {
  /** Resolves when this content, or a later one, is kept. */
  save(content: LedgerContent): Promise<void>;
  /** Resolves when a content that passes is kept; the last one that was to be saved does. */
  saved(isIn: (content: LedgerContent) => boolean): Promise<void>;
}

/** A ledger that is kept nowhere, for the simulator and for tests. */
export function memoryLedger(document: HostDocument | null = null): Ledger {
  return createLedger({ ...EMPTY, document }, { save: () => Promise.resolve(), saved: () => Promise.resolve() });
}

function createLedger(first: LedgerContent, keeper: Keeper): Ledger {
  let content = first;
  const change = (to: Partial<LedgerContent>) => {
    content = { ...content, ...to };
    return keeper.save(content);
  };
  const done = (server: ServerId) => content.servers[server] ?? NOTHING_DONE;
  const volume = (id: VolumeId) => content.volumes[id] ?? NO_VOLUME;
  return {
    get document() {
      return content.document;
    },
    done,
    servers: () => Object.keys(content.servers),
    async accept(document) {
      const refusal = judge(content.document, document);
      if (refusal) {
        throw new OperatorError(
          `The document of the controller was refused: ${refusal}.`,
          'If the controller was restored from a backup, restore it completely or let it raise the host’s generation.',
        );
      }
      if (content.document?.generation === document.generation) return false;
      await change({ document, kept: keptBy(document, content) });
      return true;
    },
    accepted: () => keeper.saved(({ document }) => document === content.document),
    settled: () => keeper.saved((kept) => kept === content),
    record: (id, to) => change({ servers: { ...content.servers, [id]: { ...done(id), ...to } } }),
    forget: async (id) => {
      if (id in content.servers) await change({ servers: without(content.servers, id) });
    },
    kept: (id) => content.kept[id] ?? null,
    volume,
    volumes: () => Object.keys(content.volumes),
    recordVolume: (id, to) => change({ volumes: { ...content.volumes, [id]: { ...volume(id), ...to } } }),
    forgetVolume: async (id) => {
      if (id in content.volumes) await change({ volumes: without(content.volumes, id) });
    },
    upload: (id) => content.uploads[id] ?? null,
    uploads: () => Object.keys(content.uploads),
    recordUpload: (id, to) => change({ uploads: { ...content.uploads, [id]: to } }),
    forgetUpload: async (id) => {
      if (id in content.uploads) await change({ uploads: without(content.uploads, id) });
    },
  };
}

/** The last wishes for what a document keeps: from the document before it, or from before that. */
function keptBy(document: HostDocument, before: LedgerContent): Record<ServerId, HostServer> {
  const ids = document.kept?.servers ?? [];
  if (ids.length === 0) return {};
  const wishes = new Map(before.document?.servers.map((server) => [server.id, server]));
  const known = ids.flatMap((id) => wishes.get(id) ?? before.kept[id] ?? []);
  return Object.fromEntries(known.map((server) => [server.id, server]));
}

function without<Value>(record: Record<string, Value>, id: string): Record<string, Value> {
  const { [id]: _, ...rest } = record;
  return rest;
}

function parse(text: string | null, path: string): LedgerContent {
  if (text === null) return EMPTY;
  try {
    const content = JSON.parse(text) as LedgerContent;
    // An agent of an older release left out what it did not know.
    const document = content.document && completed(content.document);
    if (content.version === 1) return { ...EMPTY, ...content, document };
  } catch {
    // Falls through to the error below.
  }
  throw new OperatorError(
    `The ledger ${path} cannot be read.`,
    'Move it away: the agent then asks the controller for everything, and keeps the servers that run.',
  );
}

/** A document with what an older release's controller or agent left out. */
export function completed(document: HostDocument): HostDocument {
  const { servers } = document;
  return {
    ...{ volumes: [], uploads: [] },
    ...document,
    servers: servers.map((server) => ({
      ...{ attachments: [], localDisks: [], rescue: null, hardware: {} },
      ...server,
    })),
  };
}

/** The same for two documents that differ only in the order of their keys. */
function digest(document: HostDocument): string {
  return createHash('sha256').update(canonical(document)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    .join()}}`;
}
