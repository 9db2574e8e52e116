import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import type { ServerId } from '../core/ids.ts';
import type { HostDocument } from './document.ts';
import { makeDirectory, readIfExists, writeAtomic } from './files.ts';

/**
 * What this host has been told and what it has carried out, on disk: with it an agent goes on after a crash without
 * asking anybody. One JSON file, replaced as a whole.
 */
export interface LedgerContent {
  version: 1;
  document: HostDocument | null;
  servers: Record<ServerId, Done>;
}

/** What was carried out for one server. */
export interface Done {
  build: number;
  boot: number;
  /** Sizes of the disk's layers as they are. */
  layersGib: number[];
  /** Why QEMU is not running although nobody stopped it. */
  ended: { reason: string; byGuest: boolean } | null;
}

export const NOTHING_DONE: Done = { build: 0, boot: 0, layersGib: [], ended: null };

export interface Ledger {
  readonly document: HostDocument | null;
  done(server: ServerId): Done;
  servers(): ServerId[];
  /** Takes the document, or refuses it: see `judge`. Answers whether it is new. */
  accept(document: HostDocument): Promise<boolean>;
  record(server: ServerId, change: Partial<Done>): Promise<void>;
  forget(server: ServerId): Promise<void>;
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
  let content = parse(await readIfExists(path), path);
  let writing: Promise<void> | null = null;
  let queued: Promise<void> | null = null;

  // Many servers change at once: changes made while a write is under way share the next one.
  const save = (): Promise<void> => {
    if (queued) return queued;
    const before = writing ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => {
        queued = null;
        writing = mine;
        return writeAtomic(path, JSON.stringify(content));
      });
    queued = mine;
    return mine;
  };

  const done = (server: ServerId) => content.servers[server] ?? NOTHING_DONE;
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
      content = { ...content, document };
      await save();
      return true;
    },
    record(server, change) {
      content = { ...content, servers: { ...content.servers, [server]: { ...done(server), ...change } } };
      return save();
    },
    forget(server) {
      if (!(server in content.servers)) return Promise.resolve();
      const { [server]: _, ...servers } = content.servers;
      content = { ...content, servers };
      return save();
    },
  };
}

/** A ledger that is kept nowhere, for the simulator and for tests. */
export function memoryLedger(document: HostDocument | null = null): Ledger {
  const servers = new Map<ServerId, Done>();
  const done = (server: ServerId) => servers.get(server) ?? NOTHING_DONE;
  return {
    get document() {
      return document;
    },
    done,
    servers: () => [...servers.keys()],
    async accept(next) {
      const refusal = judge(document, next);
      if (refusal) throw new OperatorError(`The document of the controller was refused: ${refusal}.`, '');
      if (document?.generation === next.generation) return false;
      document = next;
      return true;
    },
    async record(server, change) {
      servers.set(server, { ...done(server), ...change });
    },
    async forget(server) {
      servers.delete(server);
    },
  };
}

function parse(text: string | null, path: string): LedgerContent {
  if (text === null) return { version: 1, document: null, servers: {} };
  try {
    const content = JSON.parse(text) as LedgerContent;
    if (content.version === 1) return content;
  } catch {
    // Falls through to the error below.
  }
  throw new OperatorError(
    `The ledger ${path} cannot be read.`,
    'Move it away: the agent then asks the controller for everything, and keeps the servers that run.',
  );
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
