import { cloudName, type StarterInput } from '../../../../src/starters/index.ts';
import type { Flavor } from '../../api/queries/compute.ts';
import type { Image } from '../../api/queries/image.ts';
import type { Network } from '../../api/queries/network.ts';
import type { Session } from '../../api/session.ts';

/** What files for programs are made from; null when the session does not say where Keystone is. Pure. */
export function starterInput({
  token,
  credential,
  images,
  flavors,
  networks,
}: {
  token: Pick<Session['token'], 'catalog' | 'project'>;
  credential: { id: string; secret: string };
  images: readonly Image[];
  flavors: readonly Flavor[];
  networks: readonly Network[];
}): StarterInput | null {
  const identity = token.catalog?.find(({ type }) => type === 'identity');
  const endpoint = identity?.endpoints.find((one) => one.interface === 'public');
  if (endpoint === undefined || endpoint.region === null) return null;
  // An image with a name that is ready, a system before anything else; the smallest size that it fits.
  const image = images
    .filter(({ status, name }) => status === 'active' && name !== null)
    .toSorted((a, b) => Number(b.os_distro !== undefined) - Number(a.os_distro !== undefined))[0];
  const flavor = flavors
    .toSorted((a, b) => a.ram - b.ram || a.disk - b.disk)
    .find(
      ({ ram, disk }) => ram >= Math.max(image?.min_ram ?? 0, 512) && (disk === 0 || disk >= (image?.min_disk ?? 0)),
    );
  return {
    authUrl: endpoint.url,
    region: endpoint.region,
    cloud: cloudName(token.project?.name ?? ''),
    credential,
    image: image?.name ?? 'IMAGE',
    flavor: flavor?.name ?? flavors[0]?.name ?? 'FLAVOR',
    externalNetwork: networks.find((one) => one['router:external'])?.name ?? 'NETWORK',
    ...(typeof image?.image_original_user === 'string' && { loginUser: image.image_original_user }),
  };
}
