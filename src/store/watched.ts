/** A change, before those of one transaction are put together; see changes.ts. */
export interface Told {
  kind: string;
  to: string;
  id: string | null;
}

/** The kind under which revocations of tokens are heard inside a controller. */
export const REVOCATIONS = 'token-revocations';

type Row = Readonly<Record<string, string | number | null>>;

/** What is told of a table's rows. */
export interface Watched {
  /** Columns that `tell` reads; none where it is enough that something changed. */
  columns: readonly string[];
  /** Columns that no API shows: an update of nothing else is not told. */
  unseen?: ReadonlySet<string>;
  /** `set`: the columns that an update names, null for a row that came or went. */
  tell: (row: Row, set: ReadonlySet<string> | null) => Told[];
}

const text = (value: string | number | null | undefined) => (typeof value === 'string' && value !== '' ? value : null);

/** Who hears of what belongs to a project; what belongs to none is the operators'. */
const ofProject = (id: string | number | null | undefined) => (text(id) === null ? 'operators' : `project:${id}`);

/** Rows of a project under the id in a column. */
function own(kind: string, id = 'id', project = 'project_id', unseen: readonly string[] = []): Watched {
  return {
    columns: [id, project],
    unseen: new Set(unseen),
    tell: (row) => [{ kind, to: ofProject(row[project]), id: text(row[id]) }],
  };
}

/** The cloud's own: of users, hosts and the like. */
function operators(kind: string, id: string | null = 'id', unseen: readonly string[] = []): Watched {
  return {
    columns: id === null ? [] : [id],
    unseen: new Set(unseen),
    tell: (row) => [{ kind, to: 'operators', id: id === null ? null : text(row[id]) }],
  };
}

/** What every project sees. */
function everybody(kind: string, id: string | null = 'id'): Watched {
  return {
    columns: id === null ? [] : [id],
    tell: (row) => [{ kind, to: 'all', id: id === null ? null : text(row[id]) }],
  };
}

/**
 * A project's, unless it is open to all. Who could see it until now must hear that it is not open any more: without
 * an id, which is no longer theirs to know.
 */
function openable(
  kind: string,
  open: readonly string[],
  isOpen: (row: Row) => boolean,
  unseen: readonly string[] = [],
) {
  const owner = kind === 'images' ? 'owner' : 'project_id';
  const watched: Watched = {
    columns: ['id', owner, ...open],
    unseen: new Set(unseen),
    tell(row, set) {
      const id = text(row['id']);
      if (isOpen(row)) return [{ kind, to: 'all', id }];
      const told = [{ kind, to: ofProject(row[owner]), id }];
      return open.some((column) => set?.has(column)) ? [...told, { kind, to: 'all', id: null }] : told;
    },
  };
  return watched;
}

/** Whose address or card it is, besides: a server's, a router's. */
const PORT_USERS: readonly [RegExp, string][] = [
  [/^compute:/, 'servers'],
  [/^network:router_interface/, 'routers'],
];

/**
 * What clients of `GET /events` hear of, by table. A table that is not here is in UNTOLD; a test sees to that.
 * Where only rows beside a resource's own change (tags, addresses), its own row is touched too.
 */
export const WATCHED: Readonly<Record<string, Watched>> = {
  servers: own('servers', 'id', 'project_id', [
    ...['reported_at', 'reported_boot', 'reported_build', 'changed_generation', 'deadline', 'action_id'],
  ]),
  server_groups: own('server-groups'),
  server_migrations: operators('migrations', null),
  keypairs: {
    columns: ['user_id', 'name'],
    tell: (row) => [{ kind: 'keypairs', to: `user:${row['user_id']}`, id: text(row['name']) }],
  },
  flavors: {
    columns: ['id', 'is_public'],
    tell: (row) => [{ kind: 'flavors', to: row['is_public'] === 1 ? 'all' : 'operators', id: text(row['id']) }],
  },
  flavor_access: own('flavors', 'flavor_id'),
  hosts: operators('hosts', 'id', [
    ...['last_seen', 'generation', 'document_hash', 'reported_generation', 'token_hash', 'updated_at'],
  ]),
  aggregates: operators('aggregates', null),
  aggregate_hosts: operators('aggregates', null),
  compute_quotas: own('quotas', 'project_id'),
  user_quotas: own('quotas', 'project_id'),

  volumes: own('volumes', 'id', 'project_id', ['changed_generation']),
  volume_attachments: {
    columns: ['volume_id', 'server_id', 'project_id'],
    unseen: new Set(['changed_generation', 'limits']),
    tell(row) {
      const to = ofProject(row['project_id']);
      const server = text(row['server_id']);
      const volume = { kind: 'volumes', to, id: text(row['volume_id']) };
      return server === null ? [volume] : [volume, { kind: 'servers', to, id: server }];
    },
  },
  volume_snapshots: own('snapshots', 'id', 'project_id', ['changed_generation']),
  volume_backups: own('backups'),
  volume_groups: own('volume-groups'),
  volume_group_snapshots: own('group-snapshots'),
  volume_transfers: own('transfers', 'id', 'source_project_id'),
  volume_messages: own('messages'),
  volume_quotas: own('quotas', 'project_id'),
  volume_types: everybody('volume-types', null),
  volume_type_access: own('volume-types', 'volume_type_id'),

  images: openable(
    'images',
    ['visibility'],
    ({ visibility }) => visibility === 'public' || visibility === 'community',
    ['upload_id', 'upload_seen_at'],
  ),
  image_members: own('images', 'image_id', 'member_id'),
  image_tasks: own('tasks', 'id', 'owner'),

  networks: openable('networks', ['shared', 'external'], (row) => row['shared'] === 1 || row['external'] === 1),
  network_rbac: {
    columns: ['target_project', 'object_id', 'object_type'],
    tell: (row) => [
      {
        kind: `${String(row['object_type']).replace('_', '-').replace(/y$/, 'ie')}s`,
        to: row['target_project'] === '*' ? 'all' : ofProject(row['target_project']),
        id: text(row['object_id']),
      },
    ],
  },
  subnets: own('subnets'),
  ports: {
    columns: ['id', 'project_id', 'device_id', 'device_owner'],
    tell(row) {
      const to = ofProject(row['project_id']);
      const user = PORT_USERS.find(([owner]) => owner.test(String(row['device_owner'])));
      const device = text(row['device_id']);
      const told = [{ kind: 'ports', to, id: text(row['id']) }];
      return user && device !== null ? [...told, { kind: user[1], to, id: device }] : told;
    },
  },
  routers: own('routers'),
  floating_ips: own('floatingips'),
  port_forwardings: own('floatingips', 'floating_ip_id'),
  security_groups: own('security-groups'),
  security_group_rules: own('security-groups', 'security_group_id'),
  default_group_rules: operators('default-security-group-rules', null),
  address_groups: own('address-groups'),
  address_scopes: own('address-scopes'),
  subnet_pools: own('subnetpools'),
  qos_policies: own('qos-policies'),
  network_quotas: own('quotas', 'project_id'),

  projects: {
    columns: ['id'],
    tell: ({ id }) => [{ kind: 'projects', to: ofProject(id), id: text(id) }],
  },
  users: operators('users', 'id', [
    ...['last_active_at', 'failed_logins', 'last_failed_login_at', 'password_hash', 'password_changed_at'],
  ]),
  user_groups: operators('groups'),
  user_group_members: operators('groups', 'group_id'),
  roles: operators('roles'),
  role_assignments: operators('role-assignments', null),
  limits: operators('limits', null),
  registered_limits: operators('limits', null),
  audit: operators('audit', null),
  /** Never told: who is told is looked at anew. */
  token_revocations: operators(REVOCATIONS, null),
};
