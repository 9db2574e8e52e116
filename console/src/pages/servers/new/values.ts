import type { Flavor } from '../../../api/queries/compute.ts';
import type { Problems } from '../../../parts/form/use-form.ts';
import { keyProblem } from '../../../ssh/openssh.ts';
import type { Text } from '../../../text/index.tsx';
import { bySize, letsSshIn, misfit, reachOf, usableImages, usualNetwork, type Reach } from './fit.ts';
import { validName, type KeyChoice, type ServerPlan } from './plan.ts';
import type { Cloud } from './use-cloud.ts';

/** What the form holds. */
export interface Values {
  imageId: string;
  flavorId: string;
  keyKind: KeyChoice['kind'];
  keyName: string;
  publicKey: string;
  name: string;
  networkId: string;
  floating: boolean;
  securityGroupIds: readonly string[];
  openSsh: boolean;
  bootVolume: number | null;
  boots: boolean;
  dataVolume: number | null;
  adds: boolean;
  userData: string;
  serverGroupId: string;
  zone: string;
}

const sizeFor = (cloud: Cloud, imageId: string): Flavor | undefined => {
  const image = cloud.images.find(({ id }) => id === imageId);
  return bySize(cloud.flavors).find((flavor) => misfit(flavor, image, cloud.limits) === null);
};

/** The form as it is shown first: whoever agrees with all of it only presses the button. Pure. */
export function initialValues(cloud: Cloud, projectId: string, name: string): Values {
  const imageId = usableImages(cloud.images)[0]?.id ?? '';
  const usual = cloud.groups.find((group) => group.name === 'default' && group.project_id === projectId);
  return {
    imageId,
    flavorId: sizeFor(cloud, imageId)?.id ?? '',
    keyKind: cloud.keys.length > 0 ? 'existing' : 'made',
    keyName: cloud.keys[0]?.name ?? '',
    publicKey: '',
    name,
    networkId: usualNetwork(cloud.networks, cloud.routers, cloud.ports, projectId)?.id ?? '',
    floating: true,
    securityGroupIds: usual ? [usual.id] : [],
    openSsh: true,
    ...{ boots: false, bootVolume: 10, adds: false, dataVolume: 10 },
    ...{ userData: '', serverGroupId: '', zone: '' },
  };
}

/** Another image, with a size that fits it when the chosen one does not. Pure. */
export function withImage(values: Values, imageId: string, cloud: Cloud): Values {
  const image = cloud.images.find(({ id }) => id === imageId);
  const flavor = cloud.flavors.find(({ id }) => id === values.flavorId);
  const fits = flavor !== undefined && misfit(flavor, image, cloud.limits) === null;
  return { ...values, imageId, flavorId: fits ? values.flavorId : (sizeFor(cloud, imageId)?.id ?? '') };
}

/** User data is at most 64 kB as base64: https://docs.openstack.org/api-ref/compute/#create-server */
const MOST_USER_DATA = 48_000;

export function validate(values: Values, cloud: Cloud, text: Text['newServer']): Problems<Values> {
  const image = cloud.images.find(({ id }) => id === values.imageId);
  const flavor = cloud.flavors.find(({ id }) => id === values.flavorId);
  const wrongKey = values.keyKind === 'given' ? keyProblem(values.publicKey) : null;
  const reason = flavor ? misfit(flavor, image, cloud.limits) : null;
  const least = Math.max(1, image?.min_disk ?? 0, Math.ceil((image?.virtual_size ?? 0) / 2 ** 30));
  return {
    imageId: image === undefined ? text.imageMissing : undefined,
    flavorId: flavor === undefined ? text.sizeMissing : reason === null ? undefined : text.misfits[reason],
    publicKey: wrongKey === null ? undefined : text.keyProblems[wrongKey],
    name: !validName(values.name)
      ? text.nameProblem
      : cloud.servers.some(({ name }) => name === values.name)
        ? text.nameTaken
        : undefined,
    bootVolume: values.boots && (values.bootVolume ?? 0) < least ? text.volumeProblem(least) : undefined,
    dataVolume: values.adds && (values.dataVolume ?? 0) < 1 ? text.volumeProblem(1) : undefined,
    userData: new TextEncoder().encode(values.userData).length > MOST_USER_DATA ? text.userDataProblem : undefined,
  };
}

/** How the chosen network is reached; one that the cloud is to make gets a way out. Pure. */
export function reachOfChoice(values: Values, cloud: Cloud): Reach {
  const network = cloud.networks.find(({ id }) => id === values.networkId);
  if (network !== undefined) return reachOf(network, cloud.routers, cloud.ports);
  const outside = cloud.networks.find((one) => one['router:external']);
  return outside ? { kind: 'floating', networkId: outside.id } : { kind: 'none' };
}

/** The security group that SSH can be let in by; null when it is let in already, or nobody can be asked. Pure. */
export function sshGroup(values: Values, cloud: Cloud): { id: string; name: string } | null {
  const chosen = cloud.groups.filter(({ id }) => values.securityGroupIds.includes(id));
  return chosen[0] === undefined || letsSshIn(chosen) ? null : chosen[0];
}

/** What is to be made; null while a choice is missing. Pure. */
export function planOf(values: Values, cloud: Cloud, keyNameFor: (server: string) => string): ServerPlan | null {
  const image = cloud.images.find(({ id }) => id === values.imageId);
  const flavor = cloud.flavors.find(({ id }) => id === values.flavorId);
  if (image === undefined || flavor === undefined) return null;
  const reach = reachOfChoice(values, cloud);
  const out = reach.kind === 'floating' ? cloud.networks.find(({ id }) => id === reach.networkId) : undefined;
  return {
    ...{ name: values.name, image, flavor },
    key: keyOf(values, cloud, keyNameFor),
    network: cloud.networks.find(({ id }) => id === values.networkId) ?? null,
    securityGroups: cloud.groups.filter(({ id }) => values.securityGroupIds.includes(id)),
    openSsh: values.openSsh ? sshGroup(values, cloud) : null,
    bootVolume: values.boots ? values.bootVolume : null,
    dataVolume: values.adds ? values.dataVolume : null,
    userData: values.userData,
    serverGroup: cloud.serverGroups.find(({ id }) => id === values.serverGroupId) ?? null,
    zone: values.zone,
    floating: values.floating && out !== undefined ? { id: out.id, name: out.name } : null,
  };
}

/** A new key is named after the server; when that name is taken, with a number. */
function keyOf(values: Values, cloud: Cloud, keyNameFor: (server: string) => string): KeyChoice {
  if (values.keyKind === 'none') return { kind: 'none' };
  if (values.keyKind === 'existing') return { kind: 'existing', name: values.keyName };
  // Nova's alphabet for names of key pairs.
  const wished = keyNameFor(values.name)
    .replaceAll(/[^\w\-. @]/g, '-')
    .slice(0, 250);
  const taken = new Set(cloud.keys.map(({ name }) => name));
  let name = wished;
  for (let n = 2; taken.has(name); n++) name = `${wished}-${n}`;
  return values.keyKind === 'given' ? { kind: 'given', name, publicKey: values.publicKey } : { kind: 'made', name };
}
