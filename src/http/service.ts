import type { FaultShape } from './faults.ts';
import type { VersionSpan } from './microversions.ts';
import type { Policy } from '../policy/policy.ts';
import type { Route } from './route.ts';

/** One OpenStack service as plain data: where it lives, its routes, its errors and its versions. */
export interface Service {
  /** Short name, used in operations, logs and file names: `compute`. */
  name: string;
  /** Where its routes hang: `/compute/v2.1`. Routes outside of it (version documents) are in `rootRoutes`. */
  prefix: string;
  routes: readonly Route[];
  /** Routes with a path from the server's root: `/compute/`. */
  rootRoutes: readonly Route[];
  /** Who may call each of them. */
  policy: Policy;
  fault: FaultShape;
  versions: VersionSpan | null;
  /** Whether the caller's project may stand between prefix and path, as in Cinder's `/v3/{project_id}/volumes`. */
  projectInPath?: true;
  /** More JSON media types than application/json, such as Glance's patch types. */
  jsonTypes?: readonly string[];
  /** Whether bodies may also be forms, as other programs' standards have them: then a flat object of texts. */
  forms?: true;
  /**
   * Where the API of before microversions is: the same paths, always at the lowest microversion. The document at this
   * path itself is a root route.
   */
  oldPrefix?: string;
  /** An older name of the header with the request's id, which some clients still read. */
  requestIdHeader?: string;
  /** A path with another method than it has is answered with 405; with 404 unless told. */
  wrongMethod?: 405;
}
