import { badRequest, conflict, forbidden } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import type { Reader } from '../../store/store.ts';
import { seesAll } from '../policy.ts';
import type { GivenLimit, LimitRow, RegisteredLimitRow } from '../wire/limits.ts';
import { findProject } from './projects.ts';

/** All limits with what they refer to; conditions are added by the caller. */
export const limitsWithResource = (db: Reader) =>
  db
    .selectFrom('limits')
    .innerJoin('registered_limits as registered', 'registered.id', 'limits.registered_limit_id')
    .leftJoin('projects as owner', 'owner.id', 'limits.project_id')
    .selectAll('limits')
    .select(['registered.service_id', 'registered.region_id', 'registered.resource_name', 'registered.default_limit'])
    .select('owner.domain_id as project_domain_id')
    .orderBy('limits.id');

/** Whether a limit is the caller's business: one's own project's or domain's, everybody's for who sees all. */
export function seesLimit(context: Context, row: LimitRow): boolean {
  if (seesAll(context) || context.isAdmin || context.roles.includes('service')) return true;
  if (context.domainId !== null) {
    return row.domain_id === context.domainId || row.project_domain_id === context.domainId;
  }
  return row.project_id !== null && row.project_id === context.projectId;
}

/** Throws ApiError 400 for a service or region that does not exist. */
export async function requireResource(db: Reader, given: { service_id: string; region_id: string | null }) {
  const service = await db
    .selectFrom('catalog_services')
    .select('id')
    .where('id', '=', given.service_id)
    .executeTakeFirst();
  if (!service) throw badRequest(`Could not find service: ${given.service_id}.`);
  if (given.region_id === null) return;
  const region = await db.selectFrom('regions').select('id').where('id', '=', given.region_id).executeTakeFirst();
  if (!region) throw badRequest(`Could not find region: ${given.region_id}.`);
}

type Resource = Pick<RegisteredLimitRow, 'service_id' | 'region_id' | 'resource_name'>;

export async function findRegistered(db: Reader, resource: Resource): Promise<RegisteredLimitRow | undefined> {
  return db
    .selectFrom('registered_limits')
    .selectAll()
    .where('service_id', '=', resource.service_id)
    .where('region_id', resource.region_id === null ? 'is' : '=', resource.region_id)
    .where('resource_name', '=', resource.resource_name)
    .executeTakeFirst();
}

/** Throws ApiError 409 when the resource has another registered limit already. */
export async function requireUnregistered(db: Reader, row: RegisteredLimitRow): Promise<void> {
  const taken = await findRegistered(db, row);
  if (taken && taken.id !== row.id) {
    throw conflict(
      `Conflict occurred attempting to store registered_limit - Duplicate entry: ${row.resource_name} of service ${row.service_id}.`,
    );
  }
}

/** Throws ApiError 403 while projects or domains have a limit of their own of this resource. */
export async function requireNoLimits(db: Reader, id: string): Promise<void> {
  const limit = await db.selectFrom('limits').select('id').where('registered_limit_id', '=', id).executeTakeFirst();
  if (!limit) return;
  throw forbidden(
    `Unable to update or delete registered limit ${id} because there are project limits associated with it: delete those first.`,
  );
}

/** Whose limit it is, and of what. Throws ApiError 400 for what does not exist, 403 for what is not registered. */
export async function resolveLimit(
  db: Reader,
  given: GivenLimit,
): Promise<{ registered: RegisteredLimitRow; projectId: string | null; domainId: string | null }> {
  const { project_id: projectId = null, domain_id: domainId = null, region_id: regionId = null } = given;
  if ((projectId === null) === (domainId === null)) {
    throw badRequest('A limit is for a project or for a domain: give project_id or domain_id, not both.');
  }
  await requireResource(db, { service_id: given.service_id, region_id: regionId });
  const owner = await findProject(db, projectId ?? domainId ?? '');
  if (!owner || (domainId !== null && !owner.is_domain)) {
    throw badRequest(`Could not find ${projectId === null ? 'domain' : 'project'}: ${projectId ?? domainId}.`);
  }
  const registered = await findRegistered(db, { ...given, region_id: regionId });
  if (!registered) {
    throw forbidden(
      `Unable to create a limit that has no corresponding registered limit: register ${given.resource_name} of service ${given.service_id} first.`,
    );
  }
  return {
    registered,
    projectId: owner.is_domain ? null : owner.id,
    domainId: owner.is_domain ? owner.id : null,
  };
}
