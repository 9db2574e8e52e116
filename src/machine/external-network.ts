import { join } from 'node:path';
import { hostAddress, networkCidr, parseCidr, type Cidr } from './addresses.ts';
import { readText, writeIfChanged, writeWhole } from './files.ts';
import type { Paths } from './paths.ts';
import { run, tryRun } from './run.ts';
import type { Settings } from './settings.ts';
import type { Service, Supervisor } from './supervisor/index.ts';

/** The bridge behind which the network `public` lies. */
export const EXTERNAL_BRIDGE = 'br-ex';
const TABLE = 'potluck';

export const externalNetworkScript = (paths: Paths): string => join(paths.bin, 'external-network');

/**
 * The daemon that keeps this machine the gateway. In the userspace datapath br-ex is a tap device that ovs-vswitchd
 * makes anew whenever it starts, without an address, and at a moment that nobody announces (it may first wait for its
 * database). So the level is watched, by a shell script that needs nothing of ours to be alive.
 */
export function externalNetworkService(paths: Paths): Service {
  return {
    name: 'external-network',
    title: "this machine as the gateway of the network 'public'",
    unit: 'potluck-external-network.service',
    vendor: false,
    command: ['/bin/sh', externalNetworkScript(paths), 'watch'],
    environment: {},
    prepare: [],
    pidFile: null,
  };
}

/**
 * Makes this machine the gateway of the network `public`, and keeps it so: an address on br-ex, forwarding, and source
 * NAT to the world outside in a firewall table of our own. Idempotent, takes some 50 ms.
 */
export async function ensureExternalNetwork(paths: Paths, settings: Settings, supervisor: Supervisor): Promise<void> {
  await rememberForwarding(paths);
  const script = externalNetworkScript(paths);
  const changed = await writeIfChanged(script, gatewayScript(cidrs(settings)), 0o755);
  await run(script, [], { timeout: 60_000 });
  const how = await supervisor.ensure(externalNetworkService(paths));
  if (changed && how === 'unchanged') await supervisor.restart(externalNetworkService(paths));
}

/** Takes back what the script did, as far as it is ours: the firewall table and the sysctls that were off before. */
export async function removeExternalNetwork(paths: Paths): Promise<void> {
  await tryRun('nft', ['delete', 'table', 'inet', TABLE]);
  const before = await readText(forwardingFile(paths));
  for (const line of (before ?? '').split('\n')) {
    if (line.endsWith('=0')) await tryRun('sysctl', ['-q', '-w', line]);
  }
}

export interface ExternalNetworkState {
  address: boolean;
  up: boolean;
  forwarding: boolean;
  nat: boolean;
}

/** What of it holds right now, for `doctor`. */
export async function externalNetworkState(settings: Settings): Promise<ExternalNetworkState> {
  const shown = await tryRun('ip', ['-o', 'addr', 'show', 'dev', EXTERNAL_BRIDGE]);
  const link = await tryRun('ip', ['-o', 'link', 'show', 'dev', EXTERNAL_BRIDGE]);
  return {
    address: shown.stdout.includes(` ${settings.publicCidr} `),
    up: /[<,]UP[,>]/.test(link.stdout),
    forwarding: (await readText('/proc/sys/net/ipv4/ip_forward'))?.trim() === '1',
    nat: (await tryRun('nft', ['list', 'table', 'inet', TABLE])).stdout.includes('masquerade'),
  };
}

/** The script, for these addresses of this machine. Pure. */
export function gatewayScript(addresses: readonly Cidr[]): string {
  const bridge = EXTERNAL_BRIDGE;
  const add = addresses.map((cidr) => {
    const family = cidr.version === 4 ? '-4' : '-6';
    // Duplicate address detection would leave the address unusable for a second, and nobody else is on this bridge.
    const flags = cidr.version === 6 ? ' nodad' : '';
    return `ip ${family} addr replace ${hostAddress(cidr)}/${cidr.prefix} dev ${bridge}${flags} || true`;
  });
  // IPv6 may be switched off on this machine, and goes and comes with the bridge anyway.
  const intact = addresses
    .filter(({ version }) => version === 4)
    .map((cidr) => `*" ${hostAddress(cidr)}/${cidr.prefix} "`);
  return `#!/bin/sh
# Makes this machine the gateway of the network 'public'. Written by \`potluck up\`; changes are lost.
# With the word 'watch' it goes on, and does so again whenever the bridge has been made anew.
gateway() {
  ip link set ${bridge} up
  ${add.join('\n  ')}
  # In the userspace datapath nobody completes a checksum that the kernel left to the network card.
  ethtool -K ${bridge} tx off >/dev/null 2>&1 || true
  sysctl -q -w net.ipv4.ip_forward=1 || true
  # A machine that forwards IPv6 no longer listens to its own router's advertisements unless told so with 2.
  for file in /proc/sys/net/ipv6/conf/*/accept_ra; do
    [ "$(cat "$file" 2>/dev/null)" != 1 ] || echo 2 >"$file"
  done
  sysctl -q -w net.ipv6.conf.all.forwarding=1 2>/dev/null || true
  nft -f - <<'RULES'
${natRules(addresses)}RULES
}
if [ "$1" != watch ]; then
  n=0
  while [ ! -d /sys/class/net/${bridge} ] && [ "$n" -lt 100 ]; do
    n=$((n + 1))
    sleep 0.1
  done
  gateway
  exit
fi
done=
while :; do
  read -r index 2>/dev/null </sys/class/net/${bridge}/ifindex || index=
  if [ -n "$index" ]; then
    case "$index: $(ip -o address show dev ${bridge} up 2>/dev/null | tr '\\n' ' ')" in
    "$done: "${intact.join('')}*) ;;
    *) gateway && done=$index ;;
    esac
  fi
  sleep 2
done
`;
}

/** The firewall table: created if absent, emptied and filled in one transaction, so there is no moment without it. */
function natRules(addresses: readonly Cidr[]): string {
  const masquerade = addresses.map((cidr) => {
    const family = cidr.version === 4 ? 'ip' : 'ip6';
    return `    ${family} saddr ${networkCidr(cidr)} oifname != "${EXTERNAL_BRIDGE}" masquerade`;
  });
  return `table inet ${TABLE}
flush table inet ${TABLE}
table inet ${TABLE} {
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "${EXTERNAL_BRIDGE}" accept
    oifname "${EXTERNAL_BRIDGE}" accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
${masquerade.join('\n')}
  }
}
`;
}

function cidrs(settings: Settings): Cidr[] {
  return [settings.publicCidr, settings.publicCidr6].map(parseCidr).filter((cidr) => cidr !== null);
}

const forwardingFile = (paths: Paths) => join(paths.state, 'sysctl-before');

/** Keeps what the sysctls were before the first change. */
async function rememberForwarding(paths: Paths): Promise<void> {
  if ((await readText(forwardingFile(paths))) !== null) return;
  const read = async (name: string) =>
    `${name}=${((await readText(`/proc/sys/${name.replaceAll('.', '/')}`)) ?? '').trim()}`;
  const lines = [await read('net.ipv4.ip_forward'), await read('net.ipv6.conf.all.forwarding')];
  await writeWhole(forwardingFile(paths), `${lines.join('\n')}\n`);
}
