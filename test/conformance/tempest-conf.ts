import type { Account } from './clouds.ts';
import type { Facts } from './discover.ts';
import type { Fixtures } from './fixtures.ts';

type Value = string | number | boolean | readonly string[];
type Fixed = Pick<Fixtures, 'image' | 'imageAlt' | 'flavor' | 'flavorAlt' | 'sshUser' | 'imageProperties'>;
export type Sections = Record<string, Record<string, Value>>;

export interface RunSettings {
  /** A directory of this run. */
  directory: string;
  /** Log into guests by SSH. */
  validation: boolean;
  /** Local copy of the guest image, for scenarios that upload it; empty if there is none. */
  imageFile: string;
  /** A file on a web server that images may be imported from; empty if there is none. */
  importUrl: string;
  /** Seconds a guest may take to answer. */
  guestTimeout: number;
}

/**
 * What Tempest is told about the cloud, from what the cloud says about itself. A feature that is absent is declared
 * absent, and so its tests are skipped and counted as skipped; see
 * https://docs.openstack.org/tempest/latest/sampleconf.html for the options. Pure.
 */
export function tempestSections(account: Account, facts: Facts, fixtures: Fixed, settings: RunSettings): Sections {
  const has = (service: string) => facts.services.includes(service);
  return {
    DEFAULT: { log_dir: settings.directory, log_file: 'tempest.log', debug: true, use_stderr: false },
    oslo_concurrency: { lock_path: `${settings.directory}/locks` },
    auth: {
      use_dynamic_credentials: true,
      admin_username: account.username,
      admin_password: account.password,
      admin_project_name: account.project,
      admin_domain_name: 'Default',
      admin_system: 'all',
      create_isolated_networks: true,
    },
    identity: {
      uri_v3: account.authUrl,
      auth_version: 'v3',
      v3_endpoint_type: 'public',
      region: facts.region,
      default_domain_id: 'default',
    },
    'identity-feature-enabled': {
      api_v3: true,
      trust: true,
      project_tags: true,
      application_credentials: true,
      access_rules: true,
      domain_specific_drivers: false,
      security_compliance: false,
    },
    service_available: {
      nova: has('compute'),
      glance: has('image'),
      neutron: has('network'),
      cinder: has('volumev3'),
      swift: has('object-store'),
      horizon: false,
    },
    ...computeSections(facts, fixtures),
    ...imageSections(facts, settings),
    ...networkSections(facts),
    ...volumeSections(facts),
    ...(facts.microversions['placement']
      ? {
          placement: {
            min_microversion: facts.microversions['placement'].min,
            max_microversion: facts.microversions['placement'].max,
          },
        }
      : {}),
    ...validationSections(fixtures, settings),
  };
}

function computeSections(facts: Facts, fixtures: Fixed): Sections {
  const can = (action: string) => facts.actions.includes(action);
  const several = facts.hosts > 1;
  return {
    compute: {
      image_ref: fixtures.image,
      image_ref_alt: fixtures.imageAlt,
      flavor_ref: fixtures.flavor,
      flavor_ref_alt: fixtures.flavorAlt,
      build_interval: 1,
      build_timeout: 300,
      ...spanMax(facts, 'compute'),
      min_compute_nodes: facts.hosts,
      hypervisor_type: facts.hypervisor,
    },
    'compute-feature-enabled': {
      // It is the guest's own agent that sets a password: there is one if the image says so.
      change_password: fixtures.imageProperties.hw_qemu_guest_agent === 'yes',
      console_output: can('os-getConsoleOutput'),
      resize: can('resize'),
      pause: can('pause'),
      suspend: can('suspend'),
      shelve: can('shelve'),
      rescue: can('rescue'),
      stable_rescue: can('rescue'),
      snapshot: can('createImage'),
      interface_attach: true,
      config_drive: true,
      metadata_service: true,
      personality: false,
      disk_config: true,
      enable_instance_password: true,
      hostname_fqdn_sanitization: true,
      vnc_console: can('os-getVNCConsole'),
      spice_console: false,
      serial_console: false,
      // Both need a second host.
      cold_migration: several && can('migrate'),
      live_migration: several && can('os-migrateLive'),
      attach_encrypted_volume: false,
      swap_volume: false,
      volume_multiattach: facts.services.includes('volumev3'),
      ide_bus: true,
      // What is left under this name is that metadata can be written while a server runs (main.ts has the rest).
      xenapi_apis: true,
      unified_limits: false,
    },
  };
}

function imageSections(facts: Facts, settings: Pick<RunSettings, 'importUrl'>): Sections {
  return {
    image: {
      // Tempest makes images of the first six pairs and expects a raw one among them.
      disk_formats: first(facts.diskFormats, 'raw', 'qcow2'),
      container_formats: first(facts.containerFormats, 'bare'),
      ...(settings.importUrl === '' ? {} : { http_image: settings.importUrl }),
      build_interval: 1,
      build_timeout: 120,
    },
    'image-feature-enabled': {
      api_v2: true,
      import_image: facts.importMethods.length > 0,
      os_glance_reserved: true,
      image_format_enforcement: facts.imageFormatsChecked,
      manage_locations: false,
    },
  };
}

/** The list with some of its members put first. */
function first(list: readonly string[], ...front: string[]): string[] {
  return [...front.filter((one) => list.includes(one)), ...list.filter((one) => !front.includes(one))];
}

function networkSections(facts: Facts): Sections {
  const has = (alias: string) => facts.networkExtensions.includes(alias);
  return {
    network: {
      public_network_id: facts.publicNetwork.id,
      floating_network_name: facts.publicNetwork.name,
      project_networks_reachable: false,
      shared_physical_network: false,
      build_interval: 1,
      build_timeout: 120,
    },
    'network-feature-enabled': {
      api_extensions: facts.networkExtensions,
      available_features: ['all'],
      floating_ips: has('router') && facts.publicNetwork.id !== '',
      ipv6: true,
      ipv6_subnet_attributes: true,
      port_admin_state_change: true,
      port_security: has('port-security'),
    },
  };
}

function volumeSections(facts: Facts): Sections {
  if (!facts.services.includes('volumev3')) return {};
  return {
    volume: {
      catalog_type: 'volumev3',
      ...spanMax(facts, 'volumev3'),
      build_interval: 1,
      build_timeout: 120,
      volume_size: 1,
      storage_protocol: 'nbd',
      vendor_name: 'Potluck',
      disk_format: 'qcow2',
    },
    'volume-feature-enabled': {
      api_extensions: ['all'],
      snapshot: true,
      clone: true,
      backup: true,
      multi_backend: false,
      manage_volume: true,
      manage_snapshot: true,
      extend_attached_volume: true,
      extend_attached_encrypted_volume: false,
    },
  };
}

function validationSections(fixtures: Fixed, settings: RunSettings): Sections {
  return {
    validation: {
      run_validation: settings.validation,
      connect_method: 'floating',
      auth_method: 'keypair',
      image_ssh_user: fixtures.sshUser,
      image_alt_ssh_user: fixtures.sshUser,
      ssh_key_type: 'ecdsa',
      ping_timeout: settings.guestTimeout,
      connect_timeout: 30,
      ssh_timeout: settings.guestTimeout,
    },
    scenario: {
      img_file: settings.imageFile,
      img_disk_format: 'qcow2',
      img_container_format: 'bare',
      img_properties: Object.entries(fixtures.imageProperties).map(([key, value]) => `${key}:${value}`),
      dhcp_client: 'udhcpc',
    },
  };
}

/** The text of tempest.conf. Pure. */
export function renderConf(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, options]) => {
      const lines = Object.entries(options).map(([key, value]) => `${key} = ${renderValue(value)}`);
      return [`[${name}]`, ...lines, ''].join('\n');
    })
    .join('\n');
}

function renderValue(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'object') return value.join(',');
  return String(value);
}

/** The newest microversion of a service, if it has any. */
function spanMax(facts: Facts, service: string): Record<string, string> {
  const span = facts.microversions[service];
  return span ? { max_microversion: span.max } : {};
}
