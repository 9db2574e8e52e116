import type { Insertable, Selectable, Updateable } from 'kysely';
import type { ImageId } from '../core/ids.ts';
import type { BootImage } from '../image/index.ts';
import type { Choice, HostInventory, Objection } from '../placement/index.ts';
import { fromJson } from '../store/json.ts';
import type { Flavor } from './catalogue/flavors-store.ts';
import type { HostTable, ServerTable } from './tables.ts';

export type HostRow = Selectable<HostTable>;
export type ServerRow = Selectable<ServerTable>;
export type NewServer = Insertable<ServerTable>;
export type ServerPatch = Updateable<ServerTable>;

/** A flavor as it was when the server was made of it. */
export type ServerFlavor = Pick<
  Flavor,
  'id' | 'name' | 'vcpus' | 'memoryMib' | 'diskGib' | 'ephemeralGib' | 'swapMib' | 'extraSpecs'
>;

/** The image a disk was made from: enough for the agent to fetch and check it, long after the row is gone. */
export interface ServerImage {
  id: ImageId;
  sha256: string;
  sizeBytes: number;
  format: 'raw' | 'qcow2';
}

/** What an image said of itself when a server was made of it. */
export interface ServerImageMetadata {
  minDiskGib: number;
  minRamMib: number;
  properties: Record<string, string>;
}

/** Why a server is in ERROR, or why it went off by itself. */
export interface ServerFault {
  code: number;
  message: string;
  details: string | null;
  created: number;
  /** A fault the host reported is over when the host reports the server well again; others stay. */
  source: 'host' | 'controller';
}

/** What the scheduler saw when it chose, for `explain`. */
export interface Placement {
  at: number;
  chosen: string | null;
  /** How many hosts there were, how many of them fitted, and the best of those. */
  hosts: number;
  fit: number;
  candidates: string[];
  objections: Objection[];
}

export function placementOf(at: number, host: HostInventory | null, choice: Choice): Placement {
  const { hosts, fit, objections } = choice;
  return { at, chosen: host?.name ?? null, hosts, fit, candidates: choice.ranked.map(({ name }) => name), objections };
}

export function copyOfFlavor(flavor: Flavor): ServerFlavor {
  const { id, name, vcpus, memoryMib, diskGib, ephemeralGib, swapMib, extraSpecs } = flavor;
  return { id, name, vcpus, memoryMib, diskGib, ephemeralGib, swapMib, extraSpecs };
}

/** What the agent needs to know of an image. */
export function bootImageOf(image: BootImage): ServerImage {
  return { id: image.id, sha256: image.sha256, sizeBytes: image.sizeBytes, format: image.diskFormat };
}

export function metadataOf(image: Pick<BootImage, 'minDiskGib' | 'minRamMib' | 'properties'>): ServerImageMetadata {
  const { minDiskGib, minRamMib, properties } = image;
  return { minDiskGib, minRamMib, properties };
}

/** Whether the root disk is a volume: such a server has no layers of its own. */
export function isVolumeBacked(server: Pick<ServerRow, 'layers'>): boolean {
  return fromJson<number[]>(server.layers).length === 0;
}

/** The flavor of a server, as the functions that compare flavors take it. */
export function flavorOfServer(server: Pick<ServerRow, 'flavor'>): ServerFlavor {
  return fromJson<ServerFlavor>(server.flavor);
}

/** What the image of a server said of itself; null for a server without one. */
export function metadataOfServer(server: Pick<ServerRow, 'image_metadata'>): ServerImageMetadata | null {
  return server.image_metadata === null ? null : fromJson<ServerImageMetadata>(server.image_metadata);
}
