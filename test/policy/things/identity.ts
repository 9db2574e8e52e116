import type { MakeThings } from './case.ts';
import { federationThings } from './federation.ts';

const V3 = '/identity/v3';

/** A domain's pupils, groups and roles; what the project's member has made for themselves. */
export const identityThings: MakeThings = async (world) => {
  const { make, places } = world;
  const { domainId, projectId, otherProjectId, users } = places;
  const admin = async (path: string, body: object): Promise<string> =>
    (Object.values(await make('admin', 'POST', V3 + path, body)) as { id: string }[])[0]?.id ?? '';
  const pupil = await admin('/users', { user: { name: 'pupil', domain_id: domainId, password: 'first-secret' } });
  const group = await admin('/groups', { group: { name: 'class', domain_id: domainId } });
  await make('admin', 'PUT', `${V3}/groups/${group}/users/${users['project-member']}`);
  const role = await admin('/roles', { role: { name: 'helper' } });
  const roles = (await make('admin', 'GET', `${V3}/roles`)).roles as { id: string; name: string }[];
  const reader = roles.find((one) => one.name === 'reader')?.id ?? '';
  await make('admin', 'PUT', `${V3}/roles/${role}/implies/${reader}`);
  const empty = await admin('/domains', { domain: { name: 'closed', enabled: false } });
  const spare = await admin('/projects', { project: { name: 'spare', domain_id: domainId, tags: ['old'] } });
  const region = await admin('/regions', { region: { id: 'north' } });
  const service = await admin('/services', { service: { type: 'things', name: 'things' } });
  const endpoint = await admin('/endpoints', {
    endpoint: { service_id: service, interface: 'public', url: 'http://cloud.example/', region_id: region },
  });
  const policy = await admin('/policies', { policy: { type: 'application/json', blob: '{}' } });
  const registered = await admin('/registered_limits', {
    registered_limits: [{ service_id: service, resource_name: 'thing', default_limit: 5 }],
  }).catch(() => '');
  const limits = (await make('admin', 'GET', `${V3}/registered_limits`)).registered_limits as { id: string }[];
  await make('admin', 'POST', `${V3}/limits`, {
    limits: [{ service_id: service, resource_name: 'thing', project_id: projectId, resource_limit: 3 }],
  });
  const limit = (await make('admin', 'GET', `${V3}/limits`)).limits[0].id as string;
  const consumer = await admin('/OS-OAUTH1/consumers', { consumer: { description: 'app' } });
  const endpointGroup = await admin('/OS-EP-FILTER/endpoint_groups', {
    endpoint_group: { name: 'some', filters: { interface: 'public' } },
  });
  const me = users['project-member'];
  const own = async (path: string, body: object): Promise<string> =>
    (Object.values(await make('project-member', 'POST', V3 + path, body)) as { id: string }[])[0]?.id ?? '';
  const application = await make('project-member', 'POST', `${V3}/users/${me}/application_credentials`, {
    application_credential: {
      name: 'ci',
      access_rules: [{ service: 'compute', method: 'GET', path: '/v2.1/servers' }],
    },
  });
  const rules = (await make('project-member', 'GET', `${V3}/users/${me}/access_rules`)).access_rules as {
    id: string;
  }[];
  const ec2 = (await make('project-member', 'POST', `${V3}/users/${me}/credentials/OS-EC2`, { tenant_id: projectId }))
    .credential as { access: string };
  const credential = await own('/credentials', {
    credential: { type: 'cert', blob: 'text', user_id: me, project_id: projectId },
  });
  const trust = await own('/OS-TRUST/trusts', {
    trust: {
      trustor_user_id: me,
      trustee_user_id: pupil,
      impersonation: false,
      project_id: projectId,
      roles: [{ name: 'member' }],
    },
  });
  const memberRole = roles.find((one) => one.name === 'member')?.id ?? '';
  const grant = (target: string, actor: string) => () =>
    make('admin', 'PUT', `${V3}/${target}/${actor}/roles/${reader}`);
  const inherited = (target: string, actor: string) => () =>
    make('admin', 'PUT', `${V3}/OS-INHERIT/${target}/${actor}/roles/${reader}/inherited_to_projects`);
  const grants = Object.fromEntries(
    ['project', 'domain', 'system'].flatMap((scope) =>
      ['user', 'group'].flatMap((kind) => {
        const target =
          { project: `projects/${projectId}`, domain: `domains/${domainId}`, system: 'system' }[scope] ?? '';
        const actor = `${kind}s/${kind === 'user' ? pupil : group}`;
        const target_id = scope === 'project' ? projectId : domainId;
        const actor_id = kind === 'user' ? pupil : group;
        const params = { target_id, actor_id, role_id: reader };
        return ['', 'inherited-'].flatMap((how) =>
          ['list', 'check', 'add', 'remove'].map((verb) => [
            `grants:${verb}-${how}${scope}-${kind}`,
            {
              params,
              ...(verb === 'check' || verb === 'remove'
                ? { before: how === '' ? grant(target, actor) : inherited(target, actor) }
                : {}),
            },
          ]),
        );
      }),
    ),
  );
  const config = (options: object) => ({ config: { ldap: options } });
  const configured = () =>
    make('admin', 'PUT', `${V3}/domains/${domainId}/config`, config({ url: 'ldap://a', user_tree_dn: 'x' }));
  const inGroup = () => make('admin', 'PUT', `${V3}/groups/${group}/users/${pupil}`);
  const subject = { 'x-subject-token': world.tokens['project-member'] };
  const seed = 'first-secret';
  const signIn = {
    auth: { identity: { methods: ['password'], password: { user: { id: pupil, password: seed } } } },
  };
  const unsigned = { status: 400, why: 'only a signed request gets further: src/identity/oauth/oauth.test.ts' };
  const unmade = { status: 404, why: 'comes of three signed requests: src/identity/oauth/oauth.test.ts' };
  const unsignedKey = { status: 401, why: 'only a signed request gets further: src/identity/ec2/ec2.test.ts' };
  const associations = Object.fromEntries(
    [
      ['endpoint', `endpoints/${endpoint}`],
      ['service', `services/${service}`],
      ['region-and-service', `services/${service}/regions/${region}`],
    ].flatMap(([kind, path]) =>
      ['check', 'remove'].map((verb) => [
        `policy-association-for-${kind}:${verb}`,
        { before: () => make('admin', 'PUT', `${V3}/policies/${policy}/OS-ENDPOINT-POLICY/${path}`) },
      ]),
    ),
  );
  const federation = await federationThings(world);
  return {
    params: {
      ...federation.params,
      ...{ domain_id: domainId, project_id: spare, user_id: pupil, group_id: group, role_id: role, tag: 'old' },
      ...{ prior_role_id: role, implied_role_id: reader, region_id: region, service_id: service },
      ...{ endpoint_id: endpoint, policy_id: policy, limit_id: limit, consumer_id: consumer },
      ...{
        registered_limit_id: registered || (limits[0]?.id ?? ''),
        trust_id: trust,
        endpoint_group_id: endpointGroup,
      },
      ...{ application_credential_id: application.application_credential.id as string },
      ...{
        access_rule_id: rules[0]?.id ?? '',
        'OS-EC2/:credential_id': ec2.access,
        'credentials/:credential_id': credential,
      },
      ...{ group: 'ldap', option: 'url', target_id: projectId, actor_id: pupil },
    },
    cases: {
      ...federation.cases,
      ...grants,
      ...associations,
      'users:create': { body: { user: { name: 'new', domain_id: domainId } } },
      'groups:create': { body: { group: { name: 'new', domain_id: domainId } } },
      'projects:create': { body: { project: { name: 'new', domain_id: domainId } } },
      'projects:update': { body: { project: { description: 'other' } } },
      'users:update': { body: { user: { description: 'other' } } },
      'groups:update': { body: { group: { description: 'other' } } },
      'domains:update': { body: { domain: { description: 'other' } } },
      'domains:delete': { params: { domain_id: empty } },
      'roles:update': { body: { role: { description: 'other' } } },
      'projects:delete': { params: { project_id: spare } },
      'group-members:check': { before: inGroup },
      'group-members:remove': { before: inGroup },
      'implied-roles:create': { params: { implied_role_id: memberRole } },
      'users:change-password': {
        body: { user: { original_password: 'first-secret', password: 'second-secret' } },
      },
      'application-credentials:list': { params: { user_id: me } },
      'application-credentials:show': { params: { user_id: me } },
      'application-credentials:create': {
        params: { user_id: me },
        body: { application_credential: { name: 'another' } },
      },
      'application-credentials:delete': { params: { user_id: me } },
      'access-rules:list': { params: { user_id: me } },
      'access-rules:show': { params: { user_id: me } },
      'access-rules:delete': {
        params: { user_id: me },
        before: () =>
          make(
            'project-member',
            'DELETE',
            `${V3}/users/${me}/application_credentials/${application.application_credential.id as string}`,
          ),
      },
      'ec2-credentials:list': { params: { user_id: me } },
      'ec2-credentials:show': { params: { user_id: me } },
      'ec2-credentials:create': { params: { user_id: me }, body: { tenant_id: projectId } },
      'ec2-credentials:delete': { params: { user_id: me } },
      'credentials:create': {
        body: { credential: { type: 'cert', blob: 'text', user_id: me, project_id: projectId } },
      },
      'credentials:update': { body: { credential: { blob: 'other' } } },
      'trusts:create': {
        body: {
          trust: {
            ...{ trustor_user_id: me, trustee_user_id: pupil, impersonation: false, project_id: projectId },
            roles: [{ name: 'member' }],
          },
        },
      },
      'endpoints:create': { body: { endpoint: { service_id: service, interface: 'admin', url: 'http://b.example/' } } },
      'endpoints:update': { body: { endpoint: { name: 'other' } } },
      'services:update': { body: { service: { description: 'other' } } },
      'regions:update': { body: { region: { description: 'other' } } },
      'regions:create': { body: { region: { id: 'south' } } },
      'regions:put': { params: { region_id: 'south' }, body: { region: {} } },
      'policies:create': { body: { policy: { type: 'application/json', blob: '{}' } } },
      'policies:update': { body: { policy: { blob: '{"a":1}' } } },
      'registered-limits:create': {
        body: { registered_limits: [{ service_id: service, resource_name: 'other', default_limit: 5 }] },
      },
      'registered-limits:update': { body: { registered_limit: { default_limit: 6 } } },
      'registered-limits:delete': { before: () => make('admin', 'DELETE', `${V3}/limits/${limit}`) },
      'limits:create': {
        body: {
          limits: [{ service_id: service, resource_name: 'thing', project_id: otherProjectId, resource_limit: 2 }],
        },
      },
      'limits:update': { body: { limit: { resource_limit: 2 } } },
      'consumers:update': { body: { consumer: { description: 'other' } } },
      'endpoint-groups:create': { body: { endpoint_group: { name: 'new', filters: { interface: 'admin' } } } },
      'endpoint-groups:update': { body: { endpoint_group: { description: 'other' } } },
      'endpoint-group-in-project:check': {
        before: () => make('admin', 'PUT', `${V3}/OS-EP-FILTER/endpoint_groups/${endpointGroup}/projects/${spare}`),
      },
      'endpoint-group-in-project:remove': {
        before: () => make('admin', 'PUT', `${V3}/OS-EP-FILTER/endpoint_groups/${endpointGroup}/projects/${spare}`),
      },
      'endpoint-in-project:check': {
        before: () => make('admin', 'PUT', `${V3}/OS-EP-FILTER/projects/${spare}/endpoints/${endpoint}`),
      },
      'endpoint-in-project:remove': {
        before: () => make('admin', 'PUT', `${V3}/OS-EP-FILTER/projects/${spare}/endpoints/${endpoint}`),
      },
      'endpoints:show-policy': {
        before: () => make('admin', 'PUT', `${V3}/policies/${policy}/OS-ENDPOINT-POLICY/endpoints/${endpoint}`),
      },
      'domains:create-config': { body: config({ url: 'ldap://b' }) },
      'domains:show-config': { before: configured },
      'domains:show-config-group': { before: configured },
      'domains:show-config-option': { before: configured },
      'domains:update-config': { before: configured, body: config({ url: 'ldap://c' }) },
      'domains:update-config-group': { before: configured, body: config({ url: 'ldap://c' }) },
      'domains:update-config-option': { before: configured, body: { config: { url: 'ldap://c' } } },
      'domains:delete-config': { before: configured },
      'domains:delete-config-group': { before: configured },
      'domains:delete-config-option': { before: configured },
      'auth:create-token': { body: signIn },
      'auth:create-ec2-token': { answers: unsignedKey },
      'auth:create-s3-token': { answers: unsignedKey },
      'oauth:create-request-token': { answers: unsigned },
      'oauth:create-access-token': { answers: unsigned },
      'oauth:authorize-request-token': { answers: unmade },
      'access-tokens:show': { answers: unmade },
      'access-tokens:list-roles': { answers: unmade },
      'access-tokens:show-role': { answers: unmade },
      'access-tokens:delete': { answers: unmade },
      'regions:delete': {
        params: { region_id: 'east' },
        before: () => make('admin', 'PUT', `${V3}/regions/east`, { region: {} }),
      },
      'trust-roles:show': { params: { role_id: memberRole } },
      'auth:show-token': { headers: subject },
      'auth:revoke-token': { headers: subject },
    },
  };
};
