import { paramOf, type Case, type MakeThings } from './case.ts';

const V3 = '/volume/v3';

/** A project's volumes, one of each with what hangs on it; types and specifications of administrators. */
export const volumeThings: MakeThings = async ({ make, places, converge }, others) => {
  const { projectId } = places;
  const own = (path: string, body: unknown) => make('project-member', 'POST', `${V3}/${path}`, body);
  const admin = (path: string, body: unknown) => make('admin', 'POST', `${V3}/${path}`, body);
  const volumeOf = async (more: object = {}) =>
    (await own('volumes', { volume: { size: 1, ...more } })).volume.id as string;
  const volume = await volumeOf({ metadata: { old: '1' } });
  const source = await volumeOf();
  const given = await volumeOf();
  const spare = await volumeOf();
  await converge();
  const snapshot = (await own('snapshots', { snapshot: { volume_id: source, metadata: { old: '1' } } })).snapshot
    .id as string;
  const backup = (await own('backups', { backup: { volume_id: source, name: 'b', force: true } })).backup.id as string;
  await converge();
  await converge();
  const transfer = (await own('volume-transfers', { transfer: { volume_id: given } })).transfer as {
    id: string;
    auth_key: string;
  };
  const type = (await admin('types', { volume_type: { name: 'fast', extra_specs: { old: '1' } } })).volume_type
    .id as string;
  const secret = (await admin('types', { volume_type: { name: 'secret', 'os-volume-type-access:is_public': false } }))
    .volume_type.id as string;
  const qos = (await admin('qos-specs', { qos_specs: { name: 'q', consumer: 'front-end', old: '1' } })).qos_specs
    .id as string;
  const groupType = (await admin('group_types', { group_type: { name: 'gt', group_specs: { old: '1' } } })).group_type
    .id as string;
  const unusedType = (await admin('group_types', { group_type: { name: 'unused' } })).group_type.id as string;
  const usual = (await make('admin', 'GET', `${V3}/types/default`)).volume_type.id as string;
  const group = (await own('groups', { group: { group_type: groupType, volume_types: [usual] } })).group.id as string;
  await volumeOf({ group_id: group, volume_type: usual });
  await converge();
  const groupSnapshot = (await own('group_snapshots', { group_snapshot: { group_id: group } })).group_snapshot
    .id as string;
  await converge();
  const reserved = await volumeOf();
  await converge();
  const attachment = (
    await own('attachments', { attachment: { volume_uuid: reserved, instance_uuid: paramOf(others, 'server_id') } })
  ).attachment.id as string;
  const host = 'alpha@local';
  const noteOf = (more: object = {}) => ({ 'os-attach': { host_name: 'somewhere', mountpoint: '/dev/vdb', ...more } });
  const noted = () => make('project-member', 'POST', `${V3}/volumes/${spare}/action`, noteOf());
  const acting = (name: string) => () =>
    make('project-member', 'POST', `${V3}/volumes/${spare}/action`, { [name]: null });
  const steps =
    (...names: (() => Promise<unknown>)[]) =>
    async () => {
      for (const one of names) await one();
    };
  const attaching: Record<string, Case> = {
    'volumes:os-attach': { params: { id: spare }, body: noteOf() },
    'volumes:os-detach': { params: { id: spare }, body: { 'os-detach': null }, before: noted },
    'volumes:os-force_detach': { params: { id: spare }, body: { 'os-force_detach': {} }, before: noted },
    'volumes:os-reserve': { params: { id: spare } },
    'volumes:os-unreserve': { params: { id: spare }, before: acting('os-reserve') },
    'volumes:os-begin_detaching': { params: { id: spare }, before: noted },
    'volumes:os-roll_detaching': { params: { id: spare }, before: steps(noted, acting('os-begin_detaching')) },
  };
  const plain = (await admin('types', { volume_type: { name: 'plain' } })).volume_type.id as string;
  const image = paramOf(others, 'image_id');
  const encryption = { provider: 'luks', control_location: 'front-end', cipher: 'aes', key_size: 256 };
  const encrypted = () => admin(`types/${plain}/encryption`, { encryption });
  const record = (await make('admin', 'GET', `${V3}/backups/${backup}/export_record`))['backup-record'] as object;
  const manageVolume = { volume: { host, ref: { 'source-name': 'volume-none' } } };
  const manageSnapshot = { snapshot: { volume_id: volume, ref: { 'source-name': 'snapshot-none' } } };
  const managed = { status: 400, why: 'nothing lies on a simulated host that is not managed' };
  return {
    params: {
      ...{ volume_id: volume, 'volumes/:id': volume, owner_id: volume, 'snapshots/:owner_id': snapshot },
      ...{ snapshot_id: snapshot, 'snapshots/:id': snapshot, backup_id: backup, 'backups/:id': backup },
      ...{ transfer_id: transfer.id, type_id: type, 'types/:id': type, qos_id: qos, group_type_id: groupType },
      ...{ group_id: group, 'groups/:id': group, group_snapshot_id: groupSnapshot, key: 'old' },
      ...{ 'group_snapshots/:id': groupSnapshot, project_id: projectId, class_name: 'default', host },
      ...{ change: 'enable', encryption_id: 'none', 'encryption/:key': 'cipher', message_id: 'none' },
      ...{ attachment_id: attachment, 'attachments/:id': attachment },
    },
    cases: {
      'volumes:create': { body: { volume: { size: 1 } } },
      'volumes:update': { body: { volume: { name: 'other' } } },
      'volumes:delete': { params: { volume_id: spare } },
      'snapshots:create': { body: { snapshot: { volume_id: source } } },
      'snapshots:update': { body: { snapshot: { name: 'other' } } },
      'volume-metadata:create': { body: { metadata: { a: 'b' } } },
      'volume-metadata:replace': { body: { metadata: { a: 'b' } } },
      'volume-metadata:set': { body: { meta: { old: 'b' } } },
      'snapshot-metadata:create': { body: { metadata: { a: 'b' } } },
      'snapshot-metadata:replace': { body: { metadata: { a: 'b' } } },
      'snapshot-metadata:set': { body: { meta: { old: 'b' } } },
      'types:create': { body: { volume_type: { name: 'new' } } },
      'types:update': { body: { volume_type: { name: 'other' } } },
      'types:create-extra-specs': { body: { extra_specs: { a: 'b' } } },
      'types:update-extra-spec': { body: { old: 'b' } },
      'types:show-encryption': { params: { type_id: plain }, before: encrypted },
      'types:show-encryption-item': { params: { type_id: plain }, before: encrypted },
      'types:create-encryption': { params: { type_id: plain }, body: { encryption } },
      'types:update-encryption': {
        params: { type_id: plain },
        before: encrypted,
        body: { encryption: { key_size: 128 } },
      },
      'types:delete-encryption': { params: { type_id: plain }, before: encrypted },
      'types:list-access': { params: { type_id: secret } },
      'types:addProjectAccess': {
        params: { id: secret },
        body: { addProjectAccess: { project: places.otherProjectId } },
      },
      'types:removeProjectAccess': {
        params: { id: secret },
        body: { removeProjectAccess: { project: places.otherProjectId } },
        before: () => admin(`types/${secret}/action`, { addProjectAccess: { project: places.otherProjectId } }),
      },
      'default-types:set': { body: { default_type: { volume_type: type } } },
      'default-types:show': {
        before: () => make('admin', 'PUT', `${V3}/default-types/${projectId}`, { default_type: { volume_type: type } }),
      },
      'default-types:unset': {
        before: () => make('admin', 'PUT', `${V3}/default-types/${projectId}`, { default_type: { volume_type: type } }),
      },
      'qos-specs:create': { body: { qos_specs: { name: 'new' } } },
      'qos-specs:update': { body: { qos_specs: { a: 'b' } } },
      'qos-specs:delete-keys': { body: { keys: ['old'] } },
      'qos-specs:associate': { query: `vol_type_id=${type}` },
      'qos-specs:disassociate': {
        query: `vol_type_id=${type}`,
        before: () => make('admin', 'GET', `${V3}/qos-specs/${qos}/associate?vol_type_id=${type}`),
      },
      'group-types:create': { body: { group_type: { name: 'new' } } },
      'group-types:update': { body: { group_type: { name: 'other' } } },
      'group-types:create-specs': { body: { group_specs: { a: 'b' } } },
      'group-types:update-spec': { body: { old: 'b' } },
      'attachments:create': {
        body: { attachment: { volume_uuid: spare, instance_uuid: paramOf(others, 'server_id') } },
      },
      'attachments:update': { answers: { status: 400, why: 'no volume is exported over the network' } },
      'group-types:delete': { params: { group_type_id: unusedType } },
      'groups:reset_status': { body: { reset_status: { status: 'error' } } },
      'group_snapshots:reset_status': { body: { reset_status: { status: 'error' } } },
      'messages:show': { answers: { status: 404, why: 'nothing has gone wrong' } },
      'messages:delete': { answers: { status: 404, why: 'nothing has gone wrong' } },
      'backups:import-record': {
        body: { 'backup-record': record },
        answers: { status: 409, why: 'it is there already' },
      },
      'backups:os-reset_status': { body: { 'os-reset_status': { status: 'error' } } },
      'os-volume-manage:list': { query: 'host=alpha' },
      'os-volume-manage:detail': { query: 'host=alpha' },
      'os-snapshot-manage:list': { query: 'host=alpha' },
      'os-snapshot-manage:detail': { query: 'host=alpha' },
      'manageable_volumes:list': { query: 'host=alpha' },
      'manageable_volumes:detail': { query: 'host=alpha' },
      'manageable_snapshots:list': { query: 'host=alpha' },
      'manageable_snapshots:detail': { query: 'host=alpha' },
      'os-volume-manage:manage': { body: manageVolume, answers: managed },
      'manageable_volumes:manage': { body: manageVolume, answers: managed },
      'os-snapshot-manage:manage': { body: manageSnapshot, answers: managed },
      'manageable_snapshots:manage': { body: manageSnapshot, answers: managed },
      'groups:create': { body: { group: { group_type: groupType, volume_types: [type] } } },
      'groups:create-from-source': { body: { 'create-from-src': { group_snapshot_id: groupSnapshot } } },
      'groups:update': { body: { group: { name: 'other' } } },
      'groups:delete': {
        body: { delete: { 'delete-volumes': true } },
        before: () => make('project-member', 'DELETE', `${V3}/group_snapshots/${groupSnapshot}`).then(converge),
      },
      'group-snapshots:create': { body: { group_snapshot: { group_id: group } } },
      'quota-sets:update': { body: { quota_set: { volumes: 5 } } },
      'quota-class-sets:update': { body: { quota_class_set: { volumes: 5 } } },
      'backups:create': { body: { backup: { volume_id: source } } },
      'backups:update': { body: { backup: { name: 'other' } } },
      'backups:restore': { body: { restore: {} } },
      'os-volume-transfer:create': { body: { transfer: { volume_id: source } } },
      'os-volume-transfer:accept': { body: { accept: { auth_key: transfer.auth_key } } },
      'volume-transfers:create': { body: { transfer: { volume_id: source } } },
      'volume-transfers:accept': { body: { accept: { auth_key: transfer.auth_key } } },
      'services:update': { body: { host, binary: 'cinder-volume' } },
      'volumes:os-extend': { params: { id: source }, body: { 'os-extend': { new_size: 2 } } },
      ...attaching,
      'volumes:revert': { params: { id: source }, body: { revert: { snapshot_id: snapshot } } },
      'volumes:os-reset_status': { body: { 'os-reset_status': { status: 'error' } } },
      'volumes:os-update_readonly_flag': { body: { 'os-update_readonly_flag': { readonly: true } } },
      'volumes:os-set_bootable': { body: { 'os-set_bootable': { bootable: true } } },
      'volumes:os-set_image_metadata': { body: { 'os-set_image_metadata': { metadata: { a: 'b' } } } },
      'volumes:os-unset_image_metadata': {
        body: { 'os-unset_image_metadata': { key: 'a' } },
        before: () => admin(`volumes/${volume}/action`, { 'os-set_image_metadata': { metadata: { a: 'b' } } }),
      },
      'volumes:os-retype': {
        params: { id: spare },
        body: { 'os-retype': { new_type: plain, migration_policy: 'never' } },
      },
      'volumes:os-reimage': { params: { id: spare }, body: { 'os-reimage': { image_id: image } } },
      'volumes:os-migrate_volume': {
        body: { 'os-migrate_volume': { host: 'beta' } },
        answers: { status: 400, why: 'volumes stay on their host' },
      },
      'volumes:os-initialize_connection': {
        body: { 'os-initialize_connection': {} },
        answers: { status: 400, why: 'no volume is exported over the network' },
      },
      'volumes:os-terminate_connection': {
        body: { 'os-terminate_connection': {} },
        answers: { status: 400, why: 'no volume is exported over the network' },
      },
      'volumes:os-volume_upload_image': {
        params: { id: spare },
        body: { 'os-volume_upload_image': { image_name: 'new' } },
      },
      'snapshots:os-update_snapshot_status': {
        body: { 'os-update_snapshot_status': { status: 'error' } },
      },
      'snapshots:os-reset_status': { body: { 'os-reset_status': { status: 'error' } } },
    },
  };
};
