import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { atLeast, type Version } from '../../http/microversions.ts';

/** What one controller does that Nova has processes of their own for; they are up while somebody answers. */
export const CONTROLLER_BINARIES = ['nova-conductor', 'nova-scheduler'] as const;

/** The zone in which Nova lists everything that is not a compute host. */
export const INTERNAL_ZONE = 'internal';

/** Where hosts' own numbers end, as older clients see ids. */
const FIRST_NUMBER = 1_000_000;

export interface ControllerService {
  number: number;
  uuid: string;
  binary: (typeof CONTROLLER_BINARIES)[number];
  host: string;
}

export function controllerServices(): ControllerService[] {
  const host = hostname();
  return CONTROLLER_BINARIES.map((binary, index) => ({
    number: FIRST_NUMBER + index,
    uuid: stableUuid(`${host} ${binary}`),
    binary,
    host,
  }));
}

export const controllerServiceId = (service: ControllerService, version: Version): string | number =>
  atLeast(version, '2.53') ? service.uuid : service.number;

/** The same id for the same text, in the form of RFC 9562's version 8. */
function stableUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
