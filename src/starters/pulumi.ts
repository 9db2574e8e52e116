import { quoted, type StarterFile, type StarterInput } from './input.ts';

/**
 * For Pulumi, in TypeScript: one server with all that it needs. It reads clouds.yaml beside it.
 * https://www.pulumi.com/registry/packages/openstack/
 */
export function pulumi({ cloud, image, flavor, externalNetwork, loginUser = 'root' }: StarterInput): StarterFile[] {
  const project = `name: starter
runtime: nodejs
description: A server with a network, a security group and an address of its own
config:
  openstack:cloud: ${quoted(cloud)}
`;
  const dependencies = { '@pulumi/openstack': '>=3.15.0 <6', '@pulumi/pulumi': '^3.0.0' };
  const manifest = {
    ...{ name: 'starter', private: true, main: 'index.ts', dependencies },
    devDependencies: { '@types/node': '>=20', typescript: '^5.0.0' },
  };
  const program = `// npm install && pulumi up
// clouds.yaml in this directory says where the cloud is and holds the secret: keep it out of version control.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import * as openstack from '@pulumi/openstack';
import * as pulumi from '@pulumi/pulumi';

const name = 'starter';
const externalNetwork = ${quoted(externalNetwork)};

const external = openstack.networking.getNetworkOutput({ name: externalNetwork, external: true });
const image = openstack.images.getImageOutput({ name: ${quoted(image)}, mostRecent: true });

const key = new openstack.compute.Keypair('key', {
  name,
  // The public half of your SSH key; ssh-keygen -t ed25519 makes one.
  publicKey: readFileSync(\`\${homedir()}/.ssh/id_ed25519.pub\`, 'utf8'),
});

const network = new openstack.networking.Network('network', { name });
const subnet = new openstack.networking.Subnet('subnet', {
  name,
  networkId: network.id,
  cidr: '192.168.77.0/24',
  ipVersion: 4,
});
const router = new openstack.networking.Router('router', { name, externalNetworkId: external.id });
const leg = new openstack.networking.RouterInterface('router', { routerId: router.id, subnetId: subnet.id });

const group = new openstack.networking.SecGroup('server', { name });
const open = { securityGroupId: group.id, direction: 'ingress', ethertype: 'IPv4', remoteIpPrefix: '0.0.0.0/0' };
new openstack.networking.SecGroupRule('ssh', { ...open, protocol: 'tcp', portRangeMin: 22, portRangeMax: 22 });
new openstack.networking.SecGroupRule('ping', { ...open, protocol: 'icmp' });

const port = new openstack.networking.Port('server', {
  name,
  networkId: network.id,
  securityGroupIds: [group.id],
  fixedIps: [{ subnetId: subnet.id }],
});
const server = new openstack.compute.Instance('server', {
  name,
  imageId: image.id,
  flavorName: ${quoted(flavor)},
  keyPair: key.name,
  networks: [{ port: port.id }],
});
const address = new openstack.networking.FloatingIp(
  'address',
  { pool: externalNetwork, portId: port.id },
  { dependsOn: [leg] },
);

export const serverId = server.id;
export const ssh = pulumi.interpolate\`ssh ${loginUser}@\${address.address}\`;
`;
  const file = (name: string, mediaType: string, content: string) => ({ name, mediaType, content, secret: false });
  return [
    file('Pulumi.yaml', 'application/yaml', project),
    file('package.json', 'application/json', `${JSON.stringify(manifest, null, 2)}\n`),
    file('index.ts', 'text/plain', program),
  ];
}
