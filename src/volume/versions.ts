import { notFound } from '../core/errors.ts';
import { atLeast, versionText, type Version, type VersionSpan } from '../http/microversions.ts';
import { route, type Route } from '../http/route.ts';
import type { TSchema } from 'typebox';

/** The span that clients of today negotiate; 3.70 is of 2022 and all that follows is about backends we do not have. */
export const VOLUME_VERSIONS: VersionSpan = {
  type: 'volume',
  legacyHeaders: [],
  min: { major: 3, minor: 0 },
  max: { major: 3, minor: 70 },
};

export type View = Record<string, unknown>;
export type Since = `3.${number}`;
/** The answers that show something whose members came and went. */
export type ViewKind =
  'volume' | 'snapshot' | 'backup' | 'group' | 'group-snapshot' | 'transfer' | 'attachment' | 'service';

interface Step {
  since: Since;
  /** Members that this version brought, by what they are members of. */
  brought: Partial<Record<ViewKind, readonly string[]>>;
}

/**
 * How things looked in older versions, newest step first: an answer is made for the newest version, then each step
 * above the client's version takes away what it brought.
 * https://docs.openstack.org/cinder/latest/contributor/api_microversion_history.html
 */
const STEPS: readonly Step[] = [
  { since: '3.65', brought: { volume: ['consumes_quota'], snapshot: ['consumes_quota'] } },
  { since: '3.64', brought: { volume: ['encryption_key_id'], backup: ['encryption_key_id'] } },
  { since: '3.63', brought: { volume: ['volume_type_id'] } },
  { since: '3.61', brought: { volume: ['cluster_name'] } },
  { since: '3.58', brought: { group: ['project_id'], 'group-snapshot': ['project_id'] } },
  { since: '3.57', brought: { transfer: ['source_project_id', 'destination_project_id', 'accepted'] } },
  { since: '3.56', brought: { backup: ['user_id'] } },
  { since: '3.55', brought: { transfer: ['no_snapshots'] } },
  { since: '3.49', brought: { service: ['backend_state'] } },
  { since: '3.48', brought: { volume: ['shared_targets', 'service_uuid'] } },
  { since: '3.43', brought: { backup: ['metadata'] } },
  { since: '3.41', brought: { snapshot: ['user_id'] } },
  { since: '3.38', brought: { group: ['replication_status'] } },
  { since: '3.25', brought: { group: ['volumes'] } },
  { since: '3.21', brought: { volume: ['provider_id'] } },
  { since: '3.18', brought: { backup: ['os-backup-project-attr:project_id'] } },
  { since: '3.14', brought: { snapshot: ['group_snapshot_id'], group: ['group_snapshot_id', 'source_group_id'] } },
  { since: '3.13', brought: { volume: ['group_id'] } },
  { since: '3.7', brought: { service: ['cluster'] } },
];

/** Takes the newest view of something back to the client's version. */
export function viewFor(version: Version, kind: ViewKind, view: View): View {
  for (const step of STEPS) {
    if (atLeast(version, step.since)) break;
    for (const name of step.brought[kind] ?? []) delete view[name];
  }
  return view;
}

type Defined<P extends TSchema | undefined, Q extends TSchema | undefined, B extends TSchema | undefined> = Parameters<
  typeof route<P, Q, B>
>[0];

/**
 * A route that is there from a microversion on, as if there were none below it, and that a path which ends where an id
 * should follow does not reach.
 */
export function since<
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(from: Since, definition: Defined<P, Q, B>): Route {
  const { handler } = definition;
  return route<P, Q, B>({
    ...definition,
    async handler(call) {
      if (!atLeast(call.version, from)) {
        throw notFound(
          `This resource is there from microversion ${from} on; this request is of ${versionText(call.version)}.`,
        );
      }
      const path = call.request.url.split('?')[0] ?? '';
      if (path.endsWith('/')) throw notFound('The resource could not be found: there is no id at the end of the path.');
      return handler(call);
    },
  });
}
