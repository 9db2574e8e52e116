import { createHash } from 'node:crypto';
import type { Reader } from '../store/store.ts';
import { bridgeMappingsOf } from './routed.ts';
import { ZONE } from './zones.ts';

/** Milliseconds after which a host that said nothing counts as gone; it reports every few seconds. */
const SILENT_AFTER = 60_000;

export interface Agent {
  id: string;
  agent_type: string;
  binary: string;
  host: string;
  topic: string;
  availability_zone: string;
  alive: boolean;
  admin_state_up: boolean;
  created_at: string;
  started_at: string;
  heartbeat_timestamp: string;
  description: string;
  configurations: Record<string, unknown>;
  resources_synced: null;
  resource_versions: Record<string, never>;
}

/** What Neutron's OVN driver calls the two things that work on each host for the network service. */
const KINDS = [
  { agent_type: 'OVN Controller Gateway agent', binary: 'ovn-controller' },
  { agent_type: 'OVN Metadata agent', binary: 'potluck-agent' },
] as const;

/**
 * OVN's controller on each host, and the agent that answers guests for metadata. They are there because the hosts are:
 * nobody makes, changes or schedules them, and what is said of them is what the host last said.
 */
export async function readAgents(db: Reader, now: number): Promise<Agent[]> {
  const hosts = await db
    .selectFrom('hosts')
    .select(['id', 'name', 'created_at', 'last_seen', 'enabled', 'capacity'])
    .orderBy('name')
    .execute();
  const notes = await db.selectFrom('network_agent_notes').selectAll().execute();
  const described = new Map(notes.map((note) => [note.agent_id, note.description]));
  const agents = hosts.flatMap((host) => {
    const { chassis = '' } = JSON.parse(host.capacity ?? '{}') as { chassis?: string };
    const seen = host.last_seen ?? host.created_at;
    return KINDS.map((kind) => ({
      ...kind,
      // OVN knows the controller by the name of its chassis; the other needs an id that stays the same.
      id: kind.binary === 'ovn-controller' && chassis !== '' ? chassis : uuidOf(`${kind.binary} ${host.id}`),
      host: host.name,
      topic: 'n/a',
      availability_zone: kind.binary === 'ovn-controller' ? ZONE : '',
      alive: now - seen < SILENT_AFTER,
      admin_state_up: true,
      created_at: timestamp(host.created_at),
      started_at: timestamp(host.created_at),
      heartbeat_timestamp: timestamp(seen),
      description: '',
      configurations:
        kind.binary === 'ovn-controller'
          ? { chassis_name: chassis, bridge_mappings: bridgeMappingsOf(host.capacity) }
          : {},
      resources_synced: null,
      resource_versions: {},
    }));
  });
  return agents.map((agent) => ({ ...agent, description: described.get(agent.id) ?? '' }));
}

/** `2026-01-31 12:00:00`, as Neutron writes the times of agents. */
const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
