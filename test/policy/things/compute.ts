import { paramOf, type Case, type MakeThings, type Things } from './case.ts';

const V2 = '/compute/v2.1';
/** What newer microversions have no more. */
const OLD = [
  ...['hypervisors:statistics', 'hypervisors:search', 'hypervisors:servers', 'hypervisors:uptime'],
  ...['hosts:list', 'hosts:show', 'hosts:update', 'hosts:startup', 'hosts:shutdown', 'hosts:reboot'],
  ...['networks:list', 'networks:show', 'tenant-networks:list', 'tenant-networks:show', 'floating-ips:list'],
  ...['floating-ips:show', 'floating-ips:delete', 'floating-ip-pools:list', 'security-groups:list'],
  ...['security-groups:show', 'security-groups:create', 'security-groups:update', 'security-groups:delete'],
  ...['security-group-rules:create', 'security-group-rules:delete', 'images:list', 'images:detail', 'images:show'],
  ...['images:delete', 'images:metadata:list', 'images:metadata:create', 'images:metadata:replace'],
  ...['images:metadata:show', 'images:metadata:set', 'images:metadata:delete', 'volumes:list', 'volumes:detail'],
  ...['volumes:show', 'volumes:create', 'volumes:delete', 'snapshots:list', 'snapshots:detail', 'snapshots:show'],
  ...['snapshots:create', 'snapshots:delete'],
];
const OLD_CASES: Record<string, (others: readonly Things[], network: string) => unknown> = {
  'hosts:update': () => ({ status: 'disable' }),
  'security-groups:create': () => ({ security_group: { name: 'new', description: '' } }),
  'security-groups:update': () => ({ security_group: { name: 'other', description: '' } }),
  'security-group-rules:create': (others) => ({
    security_group_rule: {
      ...{ parent_group_id: paramOf(others, 'security-groups/:id'), ip_protocol: 'tcp', from_port: 80, to_port: 80 },
    },
  }),
  'images:metadata:create': () => ({ metadata: { a: 'b' } }),
  'images:metadata:replace': () => ({ metadata: { a: 'b' } }),
  'images:metadata:set': () => ({ meta: { old: 'b' } }),
  'volumes:create': () => ({ volume: { size: 1 } }),
};
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqfBdIJrqm0yJdJt5wX6ZMmFZzQeEJ8eJqvzq0kq0aZ a@b';

/** A project's server that runs, with what hangs on it; flavors and aggregates of administrators. */
export const computeThings: MakeThings = async ({ make, places, converge }, others) => {
  const { projectId, users } = places;
  const own = (path: string, body: unknown) => make('project-member', 'POST', `${V2}/${path}`, body);
  const admin = (path: string, body: unknown) => make('admin', 'POST', `${V2}/${path}`, body);
  await converge();
  for (const [id, disk] of [
    ['1', 1],
    ['2', 2],
    ['3', 2],
  ]) {
    const flavor = { id, name: `flavor-${id}`, ram: 512, vcpus: 1, disk, 'os-flavor-access:is_public': id !== '3' };
    await admin('flavors', { flavor });
  }
  await admin('flavors/1/os-extra_specs', { extra_specs: { 'hw:cpu_policy': 'shared' } });
  await own('os-keypairs', { keypair: { name: 'key', type: 'ssh', public_key: KEY } });
  const imageRef = paramOf(others, 'image_id');
  const network = paramOf(others, 'network_id');
  const boot = async (more: object = {}) =>
    (
      await own('servers', {
        server: { name: 'web', flavorRef: '1', imageRef, networks: [{ uuid: network }], ...more },
      })
    ).server.id as string;
  const server = await boot({ metadata: { old: '1' }, tags: ['old'] });
  await converge();
  await converge();
  const at = (version: string) => ({ 'openstack-api-version': `compute ${version}` });
  const volumeOf = async () =>
    (await make('project-member', 'POST', '/volume/v3/volumes', { volume: { size: 1 } })).volume.id as string;
  const plugged = await volumeOf();
  const disk = await volumeOf();
  const unused = await volumeOf();
  await converge();
  await own(`servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId: plugged } });
  await converge();
  await converge();
  const snapshot = (await make('project-member', 'POST', '/volume/v3/snapshots', { snapshot: { volume_id: disk } }))
    .snapshot.id as string;
  await converge();
  const described = () =>
    make('project-member', 'POST', `${V2}/images/${imageRef}/metadata`, { metadata: { old: '1' } }, at('2.1'));
  const group = (await own('os-server-groups', { server_group: { name: 'g', policy: 'affinity' } })).server_group
    .id as string;
  const aggregate = String((await admin('os-aggregates', { aggregate: { name: 'a' } })).aggregate.id);
  const hypervisor = (await make('admin', 'GET', `${V2}/os-hypervisors`)).hypervisors[0] as { id: string };
  const service = ((await make('admin', 'GET', `${V2}/os-services`)).services as { id: string; binary: string }[]).find(
    (one) => one.binary === 'nova-compute',
  );
  const interfaces = (await make('project-member', 'GET', `${V2}/servers/${server}/os-interface`))
    .interfaceAttachments as { port_id: string }[];
  const history = (await make('project-member', 'GET', `${V2}/servers/${server}/os-instance-actions`))
    .instanceActions as { request_id: string }[];
  const act = (name: string, input: unknown = null, more: Case = {}): [string, Case] => [
    `servers:${name}`,
    { body: { [name]: input }, ...more },
  ];
  const acting =
    (name: string, input: unknown = null) =>
    () =>
      admin(`servers/${server}/action`, { [name]: input });
  const gone = { answers: { status: 410, why: 'taken out of the API' } };
  const alone = { answers: { status: 400, why: 'there is one host' } };
  const noSuchConsole = { status: 400, why: 'there are VNC consoles only' };
  const old = Object.fromEntries(
    OLD.flatMap((name) => {
      const own = { ...(OLD_CASES[name] && { body: OLD_CASES[name](others, network) }) };
      return [[name, { headers: at('2.1'), ...own }]];
    }),
  );
  const settled =
    (...steps: (() => Promise<unknown>)[]) =>
    async () => {
      for (const step of steps) {
        await step();
        await converge();
      }
    };
  // Without a host: nobody is asked, and waited for.
  const silent = {
    before: settled(acting('shelve'), converge),
    answers: { status: 409, why: 'no agent listens in a unit test' },
  };
  return {
    params: {
      ...{ server_id: server, flavor_id: '1', 'os-keypairs/:name': 'key', server_group_id: group },
      ...{ aggregate_id: aggregate, hypervisor_id: hypervisor.id, service_id: service?.id ?? '', host_name: 'alpha' },
      ...{
        project_id: projectId,
        class_name: 'default',
        'metadata/:key': 'old',
        'os-extra_specs/:key': 'hw:cpu_policy',
      },
      ...{ tag: 'old', port_id: interfaces[0]?.port_id ?? '', request_id: history[0]?.request_id ?? '' },
      ...{ image_id: imageRef, network_id: network, network: 'net', 'extensions/:alias': 'os-keypairs' },
      ...{ before: '2026-01-01 00:00:00', id: '1', entry: '1', floating_ip_id: paramOf(others, 'floatingips/:id') },
      ...{ volume_id: disk, snapshot_id: snapshot, group_id: paramOf(others, 'security-groups/:id') },
      rule_id: paramOf(others, 'security-group-rules/:id'),
    },
    cases: {
      ...old,
      'flavors:create': { body: { flavor: { name: 'new', ram: 64, vcpus: 1, disk: 1 } } },
      'flavors:update': { body: { flavor: { description: 'other' } } },
      'flavors:list-access': { params: { flavor_id: '3' } },
      'flavors:action': { params: { flavor_id: '3' }, body: { addTenantAccess: { tenant: projectId } } },
      'flavors:create-extra-specs': { body: { extra_specs: { 'hw:cpu_policy': 'shared' } } },
      'flavors:update-extra-spec': { body: { 'hw:cpu_policy': 'shared' } },
      'keypairs:create': { body: { keypair: { name: 'new', type: 'ssh', public_key: KEY } } },
      'keypairs:show': { query: `user_id=${users['project-member']}` },
      'keypairs:delete': { query: `user_id=${users['project-member']}` },
      'server-groups:create': { body: { server_group: { name: 'new', policy: 'affinity' } } },
      'quota-sets:update': { body: { quota_set: { cores: 5 } } },
      'quota-class-sets:update': { body: { quota_class_set: { cores: 5 } } },
      'aggregates:create': { body: { aggregate: { name: 'new' } } },
      'aggregates:update': { body: { aggregate: { name: 'other' } } },
      'aggregates:images': { body: { cache: [{ id: imageRef }] } },
      'aggregates:action': { body: { add_host: { host: 'alpha' } } },
      'services:update': { body: { status: 'disabled' } },
      'servers:create': {
        body: { server: { name: 'new', flavorRef: '1', imageRef, networks: [{ uuid: network }] } },
      },
      'servers:update': { body: { server: { name: 'other' } } },
      'servers:metadata:update': { body: { metadata: { a: 'b' } } },
      'servers:metadata:replace': { body: { metadata: { a: 'b' } } },
      'servers:metadata:set': { body: { meta: { old: 'b' } } },
      'servers:tags:replace': { body: { tags: ['new'] } },
      'servers:remote-consoles:create': { body: { remote_console: { protocol: 'vnc', type: 'novnc' } } },
      'servers:interfaces:attach': { body: { interfaceAttachment: { net_id: network } } },
      ...Object.fromEntries([
        act('reboot', { reboot: undefined, type: 'SOFT' }),
        act('os-stop'),
        act('os-start', null, { before: settled(acting('os-stop')) }),
        act('pause'),
        act('unpause', null, { before: settled(acting('pause')) }),
        act('suspend'),
        act('resume', null, { before: settled(acting('suspend')) }),
        act('lock'),
        act('unlock', null, { before: acting('lock') }),
        act('resize', { flavorRef: '2' }),
        act('rebuild', { imageRef }),
        act('createImage', { name: 'new' }),
        act('createBackup', { name: 'new', backup_type: 'daily', rotation: 1 }),
        act('shelve'),
        act('os-resetState', { 'os-resetState': undefined, state: 'error' }),
        act('rescue', {}),
        act('unrescue', null, { before: settled(acting('rescue', {})) }),
        act('confirmResize', null, { before: settled(acting('resize', { flavorRef: '2' })) }),
        act('revertResize', null, { before: settled(acting('resize', { flavorRef: '2' })) }),
        act('unshelve', null, { before: settled(acting('shelve'), converge) }),
        act('shelveOffload', null, { answers: { status: 409, why: 'shelved servers leave at once: decision 13' } }),
        act('trigger_crash_dump', null, { answers: { status: 400, why: 'hosts do not do that' } }),
        act('changePassword', { adminPass: 'secret' }, { answers: { status: 409, why: 'the guest has no agent' } }),
        act('restore', null, { answers: { status: 409, why: 'what is deleted is deleted' } }),
        act('resetNetwork', null, gone),
        act('injectNetworkInfo', null, gone),
        act('migrate', null, alone),
        act('os-migrateLive', { host: null, block_migration: 'auto' }, alone),
        act('evacuate', {}, alone),
        act('os-getConsoleOutput', {}, silent),
        act('os-getVNCConsole', { type: 'novnc' }, { headers: at('2.1') }),
        act('os-getSPICEConsole', { type: 'spice-html5' }, { headers: at('2.1'), answers: noSuchConsole }),
        act('os-getSerialConsole', { type: 'serial' }, { headers: at('2.1'), answers: noSuchConsole }),
        act('os-getRDPConsole', { type: 'rdp-html5' }, { headers: at('2.1'), answers: noSuchConsole }),
        act('addFixedIp', { networkId: network }, { headers: at('2.1') }),
        act(
          'removeFixedIp',
          { address: '10.1.0.250' },
          { headers: at('2.1'), answers: { status: 400, why: 'not its' } },
        ),
        act(
          'addFloatingIp',
          { address: '192.0.2.250' },
          { headers: at('2.1'), answers: { status: 404, why: 'not there' } },
        ),
        act(
          'removeFloatingIp',
          { address: '192.0.2.250' },
          { headers: at('2.1'), answers: { status: 404, why: 'not there' } },
        ),
        act('addSecurityGroup', { name: 'g' }),
        act('removeSecurityGroup', { name: 'default' }),
      ]),
      ...Object.fromEntries(
        ['startup', 'shutdown', 'reboot'].map((verb) => [
          `hosts:${verb}`,
          { headers: at('2.1'), answers: { status: 501, why: 'machines are not switched from here' } },
        ]),
      ),
      'hypervisors:search': { headers: at('2.1'), params: { hypervisor_id: 'alpha' } },
      'hypervisors:servers': { headers: at('2.1'), params: { hypervisor_id: 'alpha' } },
      'hypervisors:uptime': {
        headers: at('2.1'),
        params: { hypervisor_id: '1' },
        answers: { status: 400, why: 'its agent does not say' },
      },
      'console:novnc': { params: { '*': 'core/rfb.js' } },
      'images:metadata:show': { headers: at('2.1'), before: described },
      'images:metadata:delete': { headers: at('2.1'), before: described },
      'floating-ips:delete': { headers: at('2.1'), params: { floating_ip_id: paramOf(others, 'loose') } },
      'volumes:delete': { headers: at('2.1'), params: { volume_id: unused } },
      'snapshots:create': { headers: at('2.1'), body: { snapshot: { volume_id: disk } } },
      'services:delete': { answers: { status: 400, why: 'the host has servers' } },
      'console-auth-tokens:show': { answers: { status: 404, why: 'no console has been asked for' } },
      'servers:diagnostics': silent,
      'servers:volumes:show': { params: { volume_id: plugged } },
      'servers:volumes:attach': { body: { volumeAttachment: { volumeId: disk } } },
      'servers:volumes:update': {
        params: { volume_id: plugged },
        body: { volumeAttachment: { volumeId: plugged, delete_on_termination: true } },
      },
      'servers:volumes:detach': { params: { volume_id: plugged } },
      'simple-tenant-usage:list': { query: 'start=2025-12-01T00:00:00' },
      'simple-tenant-usage:show': { query: 'start=2025-12-01T00:00:00' },
      'servers:migrations:show': { answers: { status: 404, why: 'nothing migrates' } },
      'servers:migrations:force-complete': {
        body: { force_complete: null },
        answers: { status: 404, why: 'nothing migrates' },
      },
      'servers:migrations:delete': { answers: { status: 404, why: 'nothing migrates' } },
      'server-external-events:create': {
        body: { events: [{ name: 'network-changed', server_uuid: server }] },
      },
      'floating-ips:create': { body: { pool: 'public' }, headers: at('2.1') },
    },
  };
};
