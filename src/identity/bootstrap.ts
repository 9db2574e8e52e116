import { OperatorError } from '../core/errors.ts';
import { newHexId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { systemContext } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { toJson } from '../store/json.ts';
import type { Tx } from '../store/store.ts';
import { hashPassword } from './passwords.ts';
import { insertProject } from './store/projects.ts';
import type { Interface } from './tables.ts';

export interface Bootstrap {
  /** For the user `admin` of an empty database; null when there can be no first start any more. */
  adminPassword: string | null;
  region: string;
  publicUrl: string;
}

/** The services this release serves, with the names their clients expect in a catalogue. */
const SERVICES = [
  { type: 'identity', name: 'keystone', path: '/identity', description: 'Who is who, and who may do what' },
  { type: 'image', name: 'glance', path: '/image', description: 'Images that servers start from' },
  { type: 'network', name: 'neutron', path: '/network', description: 'Networks, routers and security groups' },
  { type: 'compute', name: 'nova', path: '/compute/v2.1', description: 'Servers' },
  { type: 'placement', name: 'placement', path: '/placement', description: 'Who has what, and who was promised it' },
  // One service under the name that today's clients look for, and under the one before it.
  { type: 'block-storage', name: 'cinder', path: '/volume/v3', description: 'Volumes for servers' },
  { type: 'volumev3', name: 'cinderv3', path: '/volume/v3', description: 'Volumes for servers' },
] as const;

const INTERFACES: readonly Interface[] = ['public', 'internal', 'admin'];

/** Roles, each with the one it implies. */
const ROLES: readonly { name: string; implies: string | null }[] = [
  { name: 'reader', implies: null },
  { name: 'member', implies: 'reader' },
  { name: 'manager', implies: 'member' },
  { name: 'admin', implies: 'manager' },
  { name: 'service', implies: null },
];

/** Keystone's own id for it, which clients take for granted. */
const DEFAULT_DOMAIN: string = 'default';

/**
 * Makes the first domain, projects, roles and admin in an empty database, and at every start the catalogue's entries
 * of what this release serves, at the address it is served at. True when the database was empty.
 * Throws OperatorError when it is empty and there is no password for the admin.
 */
export async function bootstrapIdentity(app: App, settings: Bootstrap): Promise<boolean> {
  const empty = await isEmpty(app);
  if (empty && !settings.adminPassword) {
    throw new OperatorError(
      'The database is empty and there is no password for its first user, admin.',
      'Start with `potluck up`, which makes one, or give the controller an admin password.',
    );
  }
  const passwordHash = empty && settings.adminPassword ? await hashPassword(settings.adminPassword) : null;
  const now = app.clock.now();
  await app.store.transaction(async (tx) => {
    if (passwordHash !== null) {
      await makeFirst(tx, now, passwordHash);
      await writeAudit(tx, systemContext(now), 'identity:bootstrap', DEFAULT_DOMAIN);
    }
    await ensureCatalog(tx, settings);
  });
  return empty;
}

async function isEmpty(app: App): Promise<boolean> {
  return (await app.store.read.selectFrom('projects').select('id').limit(1).executeTakeFirst()) === undefined;
}

async function makeFirst(tx: Tx, now: number, passwordHash: string): Promise<void> {
  const plain = { enabled: true, options: {}, extra: {}, tags: [] };
  const place = { domainId: DEFAULT_DOMAIN, parentId: DEFAULT_DOMAIN };
  await insertProject(tx, now, {
    ...plain,
    id: DEFAULT_DOMAIN,
    name: 'Default',
    description: 'The default domain',
    place: null,
  });
  const admin = await insertProject(tx, now, {
    ...plain,
    name: 'admin',
    description: 'The project of the operators',
    place,
  });
  await insertProject(tx, now, { ...plain, name: 'service', description: 'What services own', place });
  const roles = await makeRoles(tx);
  const userId = newHexId<'user'>();
  await tx.db
    .insertInto('users')
    .values({
      id: userId,
      domain_id: DEFAULT_DOMAIN,
      name: 'admin',
      enabled: 1,
      default_project_id: null,
      password_hash: passwordHash,
      password_changed_at: now,
      options: toJson({}),
      extra: toJson({}),
      created_at: now,
    })
    .execute();
  const grant = { actor_type: 'user', actor_id: userId, role_id: roles.get('admin') ?? '', inherited: 0 } as const;
  await tx.db
    .insertInto('role_assignments')
    .values([
      { ...grant, target_type: 'project', target_id: admin.id },
      { ...grant, target_type: 'system', target_id: 'all' },
    ])
    .execute();
}

async function makeRoles(tx: Tx): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { name, implies } of ROLES) {
    const id = newHexId<'role'>();
    ids.set(name, id);
    const row = {
      id,
      name,
      domain_id: null,
      description: null,
      options: toJson({ immutable: true }),
      extra: toJson({}),
    };
    await tx.db.insertInto('roles').values(row).execute();
    const implied = implies === null ? undefined : ids.get(implies);
    if (implied !== undefined) {
      await tx.db.insertInto('implied_roles').values({ prior_role_id: id, implied_role_id: implied }).execute();
    }
  }
  return ids;
}

/** Adds what is missing of the catalogue and moves what we made to today's address; an operator's own rows stay. */
async function ensureCatalog(tx: Tx, { region, publicUrl }: Bootstrap): Promise<void> {
  await tx.db
    .insertInto('regions')
    .values({ id: region, parent_region_id: null, description: '', extra: toJson({}) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  for (const service of SERVICES) {
    const serviceId = await ensureService(tx, service);
    for (const kind of INTERFACES) await ensureEndpoint(tx, serviceId, kind, region, publicUrl + service.path);
  }
}

async function ensureService(tx: Tx, service: (typeof SERVICES)[number]): Promise<string> {
  const { type, name, description } = service;
  const known = await tx.db
    .selectFrom('catalog_services')
    .select('id')
    .where('type', '=', type)
    .orderBy('managed', 'desc')
    .executeTakeFirst();
  if (known) return known.id;
  const id = newHexId<'service'>();
  await tx.db
    .insertInto('catalog_services')
    .values({ id, type, name, description, enabled: 1, extra: toJson({}), managed: 1 })
    .execute();
  return id;
}

async function ensureEndpoint(tx: Tx, serviceId: string, kind: Interface, region: string, url: string): Promise<void> {
  const known = await tx.db
    .selectFrom('catalog_endpoints')
    .select(['id', 'managed', 'region_id'])
    .where('service_id', '=', serviceId)
    .where('interface', '=', kind)
    .execute();
  const ours = known.find((row) => row.managed);
  if (ours) {
    await tx.db
      .updateTable('catalog_endpoints')
      .set({ url, region_id: region })
      .where('id', '=', ours.id)
      .where((where) => where.or([where('url', '!=', url), where('region_id', '!=', region)]))
      .execute();
    return;
  }
  if (known.some((row) => row.region_id === region)) return;
  await tx.db
    .insertInto('catalog_endpoints')
    .values({
      id: newHexId<'endpoint'>(),
      service_id: serviceId,
      interface: kind,
      region_id: region,
      url,
      enabled: 1,
      extra: toJson({}),
      managed: 1,
    })
    .execute();
}
