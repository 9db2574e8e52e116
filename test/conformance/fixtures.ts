import { listOf, objectOf, textOf, type Api, type Json } from './api.ts';

/** What Tempest is given to boot servers from. */
export interface Fixtures {
  image: string;
  imageAlt: string;
  flavor: string;
  flavorAlt: string;
  sshUser: string;
  /** What the image says about the hardware it boots on. */
  imageProperties: Record<string, string>;
  /** Puts away what was made for this run. */
  remove(): Promise<void>;
}

/** Names under which a run finds again what an earlier one left. */
const NAMES = { flavor: 'conformance', flavorAlt: 'conformance-alt', imageAlt: 'conformance-alt' } as const;

/**
 * Two flavors, the second with more of everything (Tempest resizes to it), and two images with the same system.
 * Idempotent by name.
 */
export async function prepareFixtures(
  api: Api,
  wanted: { imageName: string; sharedNetwork: string | null },
): Promise<Fixtures> {
  const flavors = listOf(await api.need('compute', 'GET', '/flavors'), 'flavors');
  const flavor = async (name: string, size: Json) =>
    textOf(flavors.find((one) => one['name'] === name) ?? {}, 'id') ||
    textOf(objectOf(await api.need('compute', 'POST', '/flavors', { flavor: { name, ...size } }), 'flavor'), 'id');
  const { imageName, sharedNetwork } = wanted;
  const source = await activeImage(api, imageName);
  if (source === null) throw new Error(`the cloud has no active public image '${imageName}'`);
  const imageAlt = await copyOf(api, source);
  const unshare = sharedNetwork === null ? async () => {} : await shareNetwork(api, sharedNetwork);
  const made = {
    flavor: await flavor(NAMES.flavor, { vcpus: 1, ram: 128, disk: 1 }),
    flavorAlt: await flavor(NAMES.flavorAlt, { vcpus: 1, ram: 192, disk: 2 }),
  };
  return {
    ...made,
    image: textOf(source, 'id'),
    imageAlt,
    imageProperties: hardwareOf(source),
    sshUser: textOf(source, 'os_admin_user') || 'root',
    async remove() {
      for (const id of Object.values(made)) await api.ask('compute', 'DELETE', `/flavors/${id}`);
      await api.ask('image', 'DELETE', `/v2/images/${imageAlt}`);
      await unshare();
    },
  };
}

/**
 * Tempest 33 wants the subnets of an external network hidden unless it is shared, and so does Potluck; Tempest 43 wants
 * them seen, as Neutron has come to show them. Of a shared one both want the same.
 */
async function shareNetwork(api: Api, id: string): Promise<() => Promise<void>> {
  const share = (shared: boolean) => api.need('network', 'PUT', `/v2.0/networks/${id}`, { network: { shared } });
  const { shared } = objectOf(await api.need('network', 'GET', `/v2.0/networks/${id}`), 'network');
  if (shared === true) return async () => {};
  await share(true);
  return async () => void (await share(false));
}

async function activeImage(api: Api, name: string): Promise<Json | null> {
  const found = await api.need('image', 'GET', `/v2/images?name=${encodeURIComponent(name)}&visibility=public`);
  return listOf(found, 'images').find((one) => one['status'] === 'active') ?? null;
}

/** Properties of an image that say what hardware it boots on. */
const hardwareOf = (image: Json): Record<string, string> =>
  Object.fromEntries(
    Object.keys(image)
      .filter((key) => /^(hw_|os_(type|distro|admin_user)|architecture$)/.test(key))
      .map((key) => [key, textOf(image, key)]),
  );

async function copyOf(api: Api, source: Json): Promise<string> {
  const present = await api.need('image', 'GET', `/v2/images?name=${NAMES.imageAlt}`);
  for (const image of listOf(present, 'images')) {
    if (image['status'] === 'active') return textOf(image, 'id');
    // An interrupted run left it without data.
    await api.ask('image', 'DELETE', `/v2/images/${textOf(image, 'id')}`);
  }
  const { disk_format, container_format, min_disk, min_ram } = source;
  const image = await api.need('image', 'POST', '/v2/images', {
    ...hardwareOf(source),
    ...{ name: NAMES.imageAlt, visibility: 'public', disk_format, container_format, min_disk, min_ram },
  });
  await api.writeImage(textOf(image, 'id'), await api.readImage(textOf(source, 'id')));
  return textOf(image, 'id');
}
