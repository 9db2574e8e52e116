import { join } from 'node:path';

/** Where Potluck keeps its things on a machine. Everything below these directories is ours and goes with `destroy`. */
export interface Paths {
  state: string;
  log: string;
  run: string;
  /** Settings given to `up`, kept for the next commands. */
  config: string;
  controller: string;
  host: string;
  /** The certificate of a machine that has joined another's cloud. */
  identity: string;
  kvmTest: string;
  images: string;
  secrets: string;
  /** Service directories of the supervisor for machines without systemd. */
  sv: string;
  bin: string;
}

export const DEFAULT_STATE = '/var/lib/potluck';
export const DEFAULT_LOG = '/var/log/potluck';
export const DEFAULT_RUN = '/run/potluck';

export function pathsOf(options: { state?: string; log?: string; run?: string } = {}): Paths {
  const state = options.state ?? DEFAULT_STATE;
  return {
    state,
    log: options.log ?? DEFAULT_LOG,
    run: options.run ?? DEFAULT_RUN,
    config: join(state, 'config.json'),
    controller: join(state, 'controller'),
    host: join(state, 'host'),
    identity: join(state, 'identity'),
    kvmTest: join(state, 'kvm-test'),
    images: join(state, 'images'),
    secrets: join(state, 'secrets'),
    sv: join(state, 'sv'),
    bin: join(state, 'bin'),
  };
}

/** Debian packages that were downloaded to be unpacked, not installed; emptied when the image is built. */
export const packageCache = (paths: Paths): string => join(paths.images, 'packages');

/** The directory of the checkout: `potluck`, `src/`, `images/`. */
export const repository: string = join(import.meta.dirname, '..', '..');
