import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import { ok, type Route } from '../../http/route.ts';
import { Strict, parseBool } from '../../http/schemas.ts';
import { hostOfPool, poolName, readPools } from '../pools.ts';
import { CAPABILITIES } from '../schedule.ts';
import { RESOURCES } from '../specs.ts';
import { since } from '../versions.ts';
import { AnyQuery } from '../wire.ts';

/** A text of the capabilities table as the value it stands for. */
const valueOf = (text: string) => (text === 'True' ? true : text === 'False' ? false : text);

const pools = since('3.0', {
  operation: 'scheduler-stats:pools',
  method: 'GET',
  path: '/scheduler-stats/get_pools',
  query: AnyQuery,
  async handler({ app, context, query }) {
    const detail = parseBool(String(query.detail ?? 'false')) === true;
    const found = (await readPools(app.store.read, context.now)).filter(
      (pool) => query.name === undefined || query.name === poolName(pool.name),
    );
    return ok({
      pools: found.map((pool) => ({
        name: poolName(pool.name),
        ...(detail && {
          capabilities: {
            ...Object.fromEntries(Object.entries(CAPABILITIES).map(([name, value]) => [name, valueOf(value)])),
            pool_name: 'local',
            total_capacity_gb: pool.totalGib,
            free_capacity_gb: pool.freeGib,
            allocated_capacity_gb: pool.allocatedGib,
            provisioned_capacity_gb: pool.allocatedGib,
            max_over_subscription_ratio: '1.0',
            reserved_percentage: 0,
            backend_state: pool.up ? 'up' : 'down',
            location_info: pool.name,
            timestamp: isoNaive(pool.seenAt ?? pool.changedAt),
          },
        }),
      })),
    });
  },
});

const capabilities = since('3.0', {
  operation: 'capabilities:show',
  method: 'GET',
  path: '/capabilities/:host',
  params: Strict({ host: Type.String() }),
  async handler({ app, context, params }) {
    const name = hostOfPool(params.host);
    const pool = (await readPools(app.store.read, context.now)).find((one) => one.name === name);
    if (!pool) throw notFound(`Service ${params.host} could not be found: see GET /scheduler-stats/get_pools.`);
    const property = (title: string, description: string, type = 'boolean') => ({ title, description, type });
    return ok({
      namespace: `OS::Storage::Capabilities::${poolName(pool.name)}`,
      vendor_name: CAPABILITIES.vendor_name,
      volume_backend_name: CAPABILITIES.volume_backend_name,
      pool_name: 'local',
      driver_version: CAPABILITIES.driver_version,
      storage_protocol: CAPABILITIES.storage_protocol,
      display_name: 'Files of the host',
      description: 'Volumes are files of the host, plugged into its servers.',
      visibility: 'public',
      replication_targets: [],
      properties: {
        thin_provisioning: property('Thin Provisioning', 'Volumes take the room of what was written.'),
        compression: property('Compression', 'Volumes are not compressed.'),
        qos: property('QoS', 'Servers keep to the front-end limits of QoS specs.'),
        replication_enabled: property('Replication', 'Volumes are not replicated.'),
      },
    });
  },
});

const filters = since('3.33', {
  operation: 'resource-filters:list',
  method: 'GET',
  path: '/resource_filters',
  query: AnyQuery,
  async handler({ query }) {
    const wanted = Object.entries(RESOURCES).filter(
      ([name]) => query.resource === undefined || query.resource === name,
    );
    return ok({
      resource_filters: wanted.map(([resource, spec]) => ({
        resource,
        filters: [...Object.keys(spec.filters), ...Object.keys(spec.properties ?? {})].filter(
          (name) => name !== 'display_name',
        ),
      })),
    });
  },
});

/** Aliases that clients look for, of what is there. */
const EXTENSIONS: readonly (readonly [string, string, string])[] = [
  ['os-availability-zone', 'AvailabilityZones', 'Availability zones.'],
  ['os-extended-snapshot-attributes', 'ExtendedSnapshotAttributes', 'Project and progress of snapshots.'],
  ['os-hosts', 'Hosts', 'Hosts with volumes, for administrators.'],
  ['os-quota-sets', 'Quotas', 'Quotas of projects.'],
  ['os-quota-class-sets', 'QuotaClasses', 'Default quotas.'],
  ['os-services', 'Services', 'Parts of the service, for administrators.'],
  ['os-snapshot-actions', 'SnapshotActions', 'Progress of snapshots.'],
  ['os-types-extra-specs', 'TypesExtraSpecs', 'Extra specs of volume types.'],
  ['os-types-manage', 'TypesManage', 'Volume types.'],
  ['os-used-limits', 'UsedLimits', 'What is used of the limits.'],
  ['os-vol-host-attr', 'VolumeHostAttribute', 'The host of a volume, for administrators.'],
  ['os-vol-image-meta', 'VolumeImageMetadata', 'What is known of the image of a volume.'],
  ['os-vol-tenant-attr', 'VolumeTenantAttribute', 'The project of a volume.'],
  ['os-volume-actions', 'VolumeActions', 'Actions on volumes.'],
  ['os-volume-encryption-metadata', 'VolumeEncryptionMetadata', 'What is known of the encryption of a volume.'],
  ['os-volume-transfer', 'VolumeTransfer', 'Volumes given to other projects.'],
  ['os-volume-type-access', 'VolumeTypeAccess', 'Projects that may use a volume type.'],
  ['os-volume-type-encryption', 'VolumeTypeEncryption', 'Encryption of volume types.'],
  ['os-admin-actions', 'AdminActions', 'Actions for administrators.'],
  ['qos-specs', 'Qos_specs_manage', 'QoS specs.'],
  ['scheduler-hints', 'SchedulerHints', 'Hints for where a volume goes.'],
  ['scheduler-stats', 'Scheduler_stats', 'Pools and their capacity.'],
  ['capabilities', 'Capabilities', 'What a host can do.'],
  ['backups', 'Backups', 'Backups of volumes.'],
];

const extensions = since('3.0', {
  operation: 'extensions:list',
  method: 'GET',
  path: '/extensions',
  async handler() {
    return ok({
      extensions: EXTENSIONS.map(([alias, name, description]) => ({
        alias,
        name,
        description,
        links: [],
        updated: '2022-03-30T00:00:00+00:00',
      })),
    });
  },
});

export const backendRoutes: Route[] = [pools, capabilities, filters, extensions];
