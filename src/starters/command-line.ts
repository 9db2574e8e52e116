import { shellWord, type StarterFile, type StarterInput } from './input.ts';

/** The way to a first server with the `openstack` client, and back: a script beside clouds.yaml. */
export function commandLine(input: StarterInput): StarterFile {
  const { cloud, image, flavor, externalNetwork, loginUser = 'root' } = input;
  const content = `#!/bin/sh
# A server with a network, a security group and an address of its own.
#   sh first-server.sh          makes it (Debian: apt install python3-openstackclient)
#   sh first-server.sh delete   takes all of it away again
set -eu
cd "$(dirname "$0")"
export OS_CLOUD=${shellWord(cloud)}
NAME=starter
KEY="\${SSH_KEY:-$HOME/.ssh/id_ed25519}"

if [ "\${1:-}" = delete ]; then
  # What was never made is no reason to leave the rest.
  set +e
  ADDRESSES=$(openstack floating ip list --tags "$NAME" -f value -c ID)
  openstack server delete --wait "$NAME"
  for ADDRESS in $ADDRESSES; do openstack floating ip delete "$ADDRESS"; done
  openstack router remove subnet "$NAME" "$NAME"
  openstack router delete "$NAME"
  openstack network delete "$NAME"
  openstack security group delete "$NAME"
  openstack keypair delete "$NAME"
  exit
fi

[ -e "$KEY" ] || ssh-keygen -q -t ed25519 -N '' -f "$KEY"
openstack keypair create --public-key "$KEY.pub" "$NAME"

openstack network create "$NAME"
openstack subnet create --network "$NAME" --subnet-range 192.168.77.0/24 "$NAME"
openstack router create --external-gateway ${shellWord(externalNetwork)} "$NAME"
openstack router add subnet "$NAME" "$NAME"

openstack security group create "$NAME"
openstack security group rule create --protocol tcp --dst-port 22 "$NAME"
openstack security group rule create --protocol icmp "$NAME"

openstack server create --image ${shellWord(image)} --flavor ${shellWord(flavor)} --network "$NAME" \\
  --security-group "$NAME" --key-name "$NAME" --wait "$NAME"
ADDRESS=$(openstack floating ip create --tag "$NAME" -f value -c floating_ip_address ${shellWord(externalNetwork)})
openstack server add floating ip "$NAME" "$ADDRESS"
echo "ssh -i $KEY ${loginUser}@$ADDRESS"
`;
  return { name: 'first-server.sh', mediaType: 'application/x-sh', content, secret: false };
}
