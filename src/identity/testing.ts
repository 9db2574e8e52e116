import type { TestContext } from 'node:test';
import { testCloud, type TestCloud, type TestReply } from '../http/testing.ts';
import { bootstrapIdentity, createIdentity, identityService, sessionService } from './index.ts';

export const ADMIN_PASSWORD = 'the-first-password';

export interface IdentityCloud extends TestCloud {
  /** A token by password, for the project `admin` unless another scope is asked for. */
  login(options?: { user?: string; password?: string; domain?: string; scope?: unknown }): Promise<TestReply>;
  /** The token's text of a `login` that must work. */
  tokenOf(options?: Parameters<IdentityCloud['login']>[0]): Promise<string>;
  /** A call with this token. */
  call(token: string, method: Parameters<TestCloud['request']>[0], path: string, body?: unknown): Promise<TestReply>;
}

export const ADMIN_SCOPE = { project: { name: 'admin', domain: { id: 'default' } } };

/** A bootstrapped identity service that checks its own tokens: for unit tests. */
export async function identityCloud(t: TestContext): Promise<IdentityCloud> {
  const cloud = await testCloud(t, [identityService, sessionService]);
  const { app } = cloud;
  Object.assign(app, await createIdentity(app));
  await bootstrapIdentity(app, {
    adminPassword: ADMIN_PASSWORD,
    region: app.config.region,
    publicUrl: app.config.publicUrl,
  });
  const login: IdentityCloud['login'] = ({
    user = 'admin',
    password = ADMIN_PASSWORD,
    domain = 'default',
    scope = ADMIN_SCOPE,
  } = {}) =>
    cloud.request('POST', '/identity/v3/auth/tokens', {
      as: 'nobody',
      body: {
        auth: {
          identity: { methods: ['password'], password: { user: { name: user, password, domain: { id: domain } } } },
          ...(scope !== null && { scope }),
        },
      },
    });
  return {
    ...cloud,
    login,
    async tokenOf(options) {
      const reply = await login(options);
      const token = reply.headers['x-subject-token'];
      if (typeof token !== 'string') throw new Error(`no token: ${reply.status} ${JSON.stringify(reply.body)}`);
      return token;
    },
    call: (token, method, path, body) =>
      cloud.request(method, `/identity/v3${path}`, { as: 'nobody', body, headers: { 'x-auth-token': token } }),
  };
}

export interface Person {
  userId: string;
  projectId: string;
  domainId: string;
  roleId(name: string): string;
  /** A token of the person on the project, or on the scope given. */
  token(scope?: unknown): Promise<string>;
}

/** A domain, a project and a user in it with the role, made through the API. */
export async function person(cloud: IdentityCloud, admin: string, name: string, role: string): Promise<Person> {
  const make = async (path: string, body: object): Promise<string> => {
    const reply = await cloud.call(admin, 'POST', path, body);
    if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return String((Object.values(reply.body as Record<string, { id: string }>)[0] ?? { id: '' }).id);
  };
  const roles = (await cloud.call(admin, 'GET', '/roles')).body.roles as { id: string; name: string }[];
  const roleId = (wanted: string) => roles.find((one) => one.name === wanted)?.id ?? '';
  const domainId = await make('/domains', { domain: { name: `${name}-domain` } });
  const projectId = await make('/projects', { project: { name: `${name}-project`, domain_id: domainId } });
  const userId = await make('/users', { user: { name, domain_id: domainId, password: `${name}-password` } });
  await cloud.call(admin, 'PUT', `/projects/${projectId}/users/${userId}/roles/${roleId(role)}`);
  return {
    userId,
    projectId,
    domainId,
    roleId,
    token: (scope = { project: { id: projectId } }) =>
      cloud.tokenOf({ user: name, password: `${name}-password`, domain: domainId, scope }),
  };
}
