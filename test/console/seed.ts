import type { ConsoleCloud, Person } from './cloud.ts';

/** An API of the cloud, as a person. Answers the body; throws on a status of 400 and more. */
export type Call = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<T>;

/** Signs a person in with a token and answers how to call every API with it. */
export async function apiOf(cloud: ConsoleCloud, person: Person): Promise<Call & { project: string }> {
  const { username, password, project } = cloud.account(person);
  const domain = { id: 'default' };
  const issued = await fetch(`${cloud.url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: username, domain, password } } },
        scope: { project: { name: project, domain } },
      },
    }),
  });
  const token = issued.headers.get('x-subject-token') ?? '';
  const body = (await issued.json()) as { token: { project: { id: string } } };
  const call: Call = async <T>(method: string, path: string, sent?: unknown) => {
    const answer = await fetch(cloud.url + path, {
      method,
      headers: {
        'x-auth-token': token,
        'content-type': 'application/json',
        'openstack-api-version': path.startsWith('/volume') ? 'volume 3.70' : 'compute 2.96',
      },
      ...(sent !== undefined && { body: JSON.stringify(sent) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  };
  return Object.assign(call, { project: body.token.project.id });
}

/**
 * Makes one of everything that a page is about, where a new cloud has none, so that pages are tested with something on them.
 * A second time it finds what the first made.
 */
export async function seed(cloud: ConsoleCloud): Promise<void> {
  const demo = await apiOf(cloud, 'potluck-demo');
  const admin = await apiOf(cloud, 'potluck');
  const volumes = await demo<{ volumes: { id: string }[] }>('GET', '/volume/v3/volumes');
  if (volumes.volumes.length === 0) {
    const { volume } = await demo<{ volume: { id: string } }>('POST', '/volume/v3/volumes', {
      volume: { name: 'photos', size: 1 },
    });
    await until(async () => {
      const { volume: now } = await demo<{ volume: { status: string } }>('GET', `/volume/v3/volumes/${volume.id}`);
      return now.status === 'available';
    });
    await demo('POST', '/volume/v3/snapshots', { snapshot: { name: 'photos-monday', volume_id: volume.id } });
  }
  const groups = await admin<{ groups: unknown[] }>('GET', '/identity/v3/groups');
  if (groups.groups.length === 0) {
    await admin('POST', '/identity/v3/groups', { group: { name: 'garden-team', domain_id: 'default' } });
  }
  await identityProvider(admin);
  const server = await demo<{ server_groups: unknown[] }>('GET', '/compute/v2.1/os-server-groups');
  if (server.server_groups.length === 0) {
    await demo('POST', '/compute/v2.1/os-server-groups', { server_group: { name: 'apart', policy: 'anti-affinity' } });
  }
}

/** One that nobody reaches, with rules that are sentences and one that is not. */
async function identityProvider(admin: Call): Promise<void> {
  const path = '/identity/v3/OS-FEDERATION';
  const there = await admin<{ identity_providers: unknown[] }>('GET', `${path}/identity_providers`);
  if (there.identity_providers.length > 0) return;
  const account = [{ type: 'OIDC-sub' }, { type: 'OIDC-preferred_username' }];
  const user = { id: '{0}', name: '{1}' };
  const garden = { name: 'garden', domain: { id: 'default' }, roles: [{ name: 'member' }] };
  const rules = [
    { remote: [...account, { type: 'OIDC-groups', any_one_of: ['volunteers'] }], local: [{ user }] },
    {
      remote: [...account, { type: 'OIDC-groups', any_one_of: ['gardeners'] }],
      local: [{ user }, { projects: [garden] }],
    },
    { remote: [{ type: 'OIDC-groups', whitelist: ['choir'] }], local: [{ groups: '{0}', domain: { id: 'default' } }] },
  ];
  const oidc = { display_name: 'Account of the association', issuer: 'http://127.0.0.1:9', client_id: 'potluck' };
  const provider = { enabled: true, remote_ids: [oidc.issuer], description: oidc.display_name };
  await admin('PUT', `${path}/mappings/association`, { mapping: { rules } });
  await admin('PUT', `${path}/identity_providers/association`, { identity_provider: provider });
  const protocol = `${path}/identity_providers/association/protocols/openid`;
  await admin('PUT', protocol, { protocol: { mapping_id: 'association' } });
  await admin('PUT', `${protocol}/oidc`, { oidc: { ...oidc, client_secret: 'secret' } });
}

async function until(good: () => Promise<boolean>, seconds = 30): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await good())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${good.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
