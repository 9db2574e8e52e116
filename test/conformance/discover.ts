import { randomUUID } from 'node:crypto';
import { listOf, objectOf, textOf, type Api, type Json } from './api.ts';

/** What a running cloud says about itself. */
export interface Facts {
  authUrl: string;
  region: string;
  /** Service types of the catalog. */
  services: string[];
  /** No real guests: nothing can be logged into. */
  simulated: boolean;
  /** Hosts that run servers now. */
  hosts: number;
  hypervisor: string;
  /** Lowest and highest microversion, by service type. */
  microversions: Record<string, { min: string; max: string }>;
  networkExtensions: string[];
  /** Actions on servers that compute knows. */
  actions: string[];
  importMethods: string[];
  diskFormats: string[];
  containerFormats: string[];
  volumeTypes: string[];
  /** An image must be what its disk_format says. */
  imageFormatsChecked: boolean;
  publicNetwork: { id: string; name: string };
}

/** What Tempest can be told that compute has, and the server action that shows whether it has it. */
const ACTIONS = [
  ...['changePassword', 'confirmResize', 'createBackup', 'createImage', 'evacuate', 'migrate', 'os-getConsoleOutput'],
  ...['os-getSerialConsole', 'os-getSPICEConsole', 'os-getVNCConsole', 'os-migrateLive', 'pause', 'rebuild', 'rescue'],
  ...['resize', 'shelve', 'suspend'],
];

/** Asks a running cloud what it has: catalog, versions, extensions, actions. */
export async function discover(api: Api, account: { authUrl: string; region: string }): Promise<Facts> {
  const services = [...api.services.keys()].sort();
  const hypervisors = listOf(await api.need('compute', 'GET', '/os-hypervisors/detail'), 'hypervisors');
  const schema = objectOf(await api.need('image', 'GET', '/v2/schemas/image'), 'properties');
  const methods = objectOf(await api.need('image', 'GET', '/v2/info/import'), 'import-methods');
  return {
    authUrl: account.authUrl,
    region: account.region,
    services,
    simulated: hypervisors.some(isSimulated),
    hosts: hypervisors.filter((one) => one['state'] === 'up' && one['status'] === 'enabled').length,
    hypervisor: textOf(hypervisors[0] ?? {}, 'hypervisor_type'),
    microversions: await microversions(api, services),
    networkExtensions: listOf(await api.need('network', 'GET', '/v2.0/extensions'), 'extensions')
      .map((one) => textOf(one, 'alias'))
      .sort(),
    actions: await knownActions(api),
    importMethods: texts(methods, 'value'),
    diskFormats: texts(objectOf(schema, 'disk_format'), 'enum'),
    containerFormats: texts(objectOf(schema, 'container_format'), 'enum'),
    volumeTypes: await volumeTypes(api, services),
    imageFormatsChecked: await imageFormatsChecked(api),
    publicNetwork: await publicNetwork(api),
  };
}

function isSimulated(hypervisor: Json): boolean {
  const cpu: unknown = hypervisor['cpu_info'];
  const text = typeof cpu === 'string' ? cpu : JSON.stringify(cpu ?? {});
  return text.includes('"simulated"');
}

/** The service's root says `version` (Placement: `max_version`) and `min_version` where it has microversions. */
async function microversions(api: Api, services: readonly string[]): Promise<Facts['microversions']> {
  const found: Facts['microversions'] = {};
  for (const service of services.filter((name) =>
    ['compute', 'volumev3', 'block-storage', 'placement'].includes(name),
  )) {
    const { json } = await api.ask(service, 'GET', '/');
    const version = listOf(json, 'versions')[0] ?? objectOf(json, 'version');
    const max = textOf(version, 'version') || textOf(version, 'max_version');
    const min = textOf(version, 'min_version');
    if (max !== '' && min !== '') found[service] = { min, max };
  }
  return found;
}

/** An action that compute does not know is refused by its name, before the server is looked for. */
async function knownActions(api: Api): Promise<string[]> {
  const nobody = randomUUID();
  const known = await Promise.all(
    ACTIONS.map(async (action) => {
      const { status, json } = await api.ask('compute', 'POST', `/servers/${nobody}/action`, { [action]: null });
      return status < 500 && !JSON.stringify(json).includes('no such action');
    }),
  );
  return ACTIONS.filter((_, at) => known[at]);
}

async function volumeTypes(api: Api, services: readonly string[]): Promise<string[]> {
  if (!services.includes('volumev3')) return [];
  const { json } = await api.ask('volumev3', 'GET', '/types');
  return listOf(json, 'volume_types').map((one) => textOf(one, 'name'));
}

/** Whether bytes that are no qcow2 are refused as one. */
async function imageFormatsChecked(api: Api): Promise<boolean> {
  const body = { name: 'conformance-format', disk_format: 'qcow2', container_format: 'bare' };
  const id = textOf(await api.need('image', 'POST', '/v2/images', body), 'id');
  const taken = await api.writeImage(id, new Blob(['these bytes are no disk'])).then(
    () => true,
    () => false,
  );
  await api.ask('image', 'DELETE', `/v2/images/${id}`);
  return !taken;
}

async function publicNetwork(api: Api): Promise<Facts['publicNetwork']> {
  const networks = listOf(await api.need('network', 'GET', '/v2.0/networks?router:external=true'), 'networks');
  const network = networks.find((one) => one['name'] === 'public') ?? networks[0];
  return { id: textOf(network ?? {}, 'id'), name: textOf(network ?? {}, 'name') };
}

function texts(json: Json, key: string): string[] {
  const value = json[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
