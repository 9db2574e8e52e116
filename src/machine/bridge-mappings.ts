import { EXTERNAL_BRIDGE } from './external-network.ts';
import { UsageError } from './options.ts';
import type { Settings } from './settings.ts';

/** The physical network that `up` makes by itself. */
const PUBLIC = 'public';

/**
 * Physical network to bridge, from `NAME:BRIDGE` by commas. Throws a UsageError for what Linux or OVN would refuse, and
 * for two networks behind one bridge, which OVN cannot tell apart.
 */
export function parseBridgeMappings(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text.split(',').map((one) => one.trim())) {
    if (pair === '') continue;
    const [, name = '', bridge = ''] = /^([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9_.-]{1,15})$/.exec(pair) ?? [];
    const wrong = (why: string) =>
      new UsageError(`--bridge-mappings '${pair}' ${why}.`, 'Give it like rack1:br-rack1.');
    if (name === '') throw wrong('is not a name, a colon and the name of a bridge of at most 15 characters');
    if (name === PUBLIC || bridge === EXTERNAL_BRIDGE || bridge === 'br-int') throw wrong('is taken by Potluck itself');
    if (name in found || Object.values(found).includes(bridge)) throw wrong('names a network or a bridge twice');
    found[name] = bridge;
  }
  return found;
}

/** All physical networks of this machine with their bridges. */
export function bridgeMappings({
  bridgeMappings: more = '',
  role,
}: Pick<Settings, 'bridgeMappings' | 'role'>): Record<string, string> {
  // The way out is where the controller is; a machine that joined has what it was told of.
  return { ...(role !== 'host' && { [PUBLIC]: EXTERNAL_BRIDGE }), ...parseBridgeMappings(more) };
}

/** As OVN writes them: ovn-controller(8), `external_ids:ovn-bridge-mappings`. */
export const renderBridgeMappings = (mappings: Readonly<Record<string, string>>): string =>
  Object.entries(mappings)
    .map(([name, bridge]) => `${name}:${bridge}`)
    .join(',');
