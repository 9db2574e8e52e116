import { list, object, text, type Endpoint, type Json, type Session } from './client.ts';

/** Where a kind of thing lives in the APIs. */
export interface Kind {
  endpoint: Endpoint;
  /** Path of the collection, `/networks`. */
  path: string;
  /** Member of a list's answer; its singular is that of one thing. */
  plural: string;
  singular: string;
}

const kind = (endpoint: Endpoint, path: string, plural: string, singular = plural.slice(0, -1)): Kind => ({
  endpoint,
  path,
  plural,
  singular,
});

export const KINDS = {
  project: kind('identity/v3', '/projects', 'projects'),
  user: kind('identity/v3', '/users', 'users'),
  role: kind('identity/v3', '/roles', 'roles'),
  flavor: kind('compute/v2.1', '/flavors', 'flavors'),
  server: kind('compute/v2.1', '/servers', 'servers'),
  network: kind('network/v2.0', '/networks', 'networks'),
  subnet: kind('network/v2.0', '/subnets', 'subnets'),
  subnetPool: kind('network/v2.0', '/subnetpools', 'subnetpools'),
  router: kind('network/v2.0', '/routers', 'routers'),
  port: kind('network/v2.0', '/ports', 'ports'),
  securityGroup: kind('network/v2.0', '/security-groups', 'security_groups'),
  securityGroupRule: kind('network/v2.0', '/security-group-rules', 'security_group_rules'),
  floatingIp: kind('network/v2.0', '/floatingips', 'floatingips'),
} satisfies Record<string, Kind>;

/** Things of a kind for which the filters hold. */
export async function findAll(session: Session, what: Kind, filters: Record<string, string> = {}): Promise<Json[]> {
  const query = new URLSearchParams(filters).toString();
  return list(await session.get(what.endpoint, `${what.path}${query === '' ? '' : `?${query}`}`), what.plural);
}

/** The one of this name, or null. Names are compared here too: some APIs take a filter for a pattern. */
export async function findByName(
  session: Session,
  what: Kind,
  name: string,
  filters: Record<string, string> = {},
): Promise<Json | null> {
  const found = await findAll(session, what, filters);
  return found.find((one) => one['name'] === name) ?? null;
}

export async function create(session: Session, what: Kind, body: Json): Promise<Json> {
  return object(await session.send('POST', what.endpoint, what.path, { [what.singular]: body }), what.singular);
}

/** The id of the one of this name, which is made if there is none. */
export async function ensure(
  session: Session,
  what: Kind,
  body: Json & { name: string },
  filters: Record<string, string> = {},
): Promise<string> {
  const found = await findByName(session, what, body.name, filters);
  return text(found ?? (await create(session, what, body)), 'id');
}
