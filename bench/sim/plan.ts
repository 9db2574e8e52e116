import { parseArgs } from 'node:util';
import type { LocalHost } from '../../src/controller.ts';
import type { SimSize } from '../../src/sim/drivers.ts';

export const HELP = `Usage: potluck bench sim [OPTIONS]

A controller, and as many simulated hosts in another process, over the real protocol: how soon servers are placed and
run, how fast lists and creations are answered meanwhile, and what memory that takes. Needs no cloud and no root.

  --hosts N      (default 100)
  --servers N    (default 2000)
  --projects N   that share the servers; each has a network of its own (default one for each 2,000 servers)
  --rate N       servers asked for per second in the open loop (default 100)
  --seconds N    how long (default 20; 0 leaves it out)
  --quiet N      seconds in which nothing is asked, to see what hosts cost that have nothing to say (default 30)
  --delete       deletes all servers at the end
  --state DIR    keeps the controller's directory, for EXPLAIN and the like (default: one that is removed)
  --profile DIR  writes the controller's CPU profile there
  --json FILE    writes the figures there
`;

export interface Plan {
  hosts: number;
  servers: number;
  projects: number;
  rate: number;
  seconds: number;
  quiet: number;
  delete: boolean;
  state: string | null;
  profile: string | null;
  json: string | null;
}

const DEFAULTS = { hosts: '100', servers: '2000', projects: '', rate: '100', seconds: '20', quiet: '30' };

export function readPlan(args: string[]): Plan | null {
  const numbers = Object.entries(DEFAULTS).map(([name, value]) => [name, { type: 'string', default: value }] as const);
  const { values } = parseArgs({
    args,
    options: {
      ...(Object.fromEntries(numbers) as Record<keyof typeof DEFAULTS, { type: 'string'; default: string }>),
      delete: { type: 'boolean', default: false },
      state: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const servers = Number(values.servers);
  return {
    hosts: Number(values.hosts),
    servers,
    projects: values.projects === '' ? Math.max(1, Math.ceil(servers / 2000)) : Number(values.projects),
    ...{ rate: Number(values.rate), seconds: Number(values.seconds), quiet: Number(values.quiet) },
    delete: values.delete,
    ...{ state: values.state ?? null, profile: values.profile ?? null, json: values.json ?? null },
  };
}

/** What a flavor `tiny` takes with what its QEMU needs, and what a host keeps for itself: see placement/schedule.ts. */
const SERVER_MIB = 128 + 64;
const KEPT_MIB = 512;

/** Hosts large enough for their share of all servers, and a fifth more. */
export function hostSize(plan: Plan): SimSize {
  const each = Math.ceil(((plan.servers + plan.rate * plan.seconds) / plan.hosts) * 1.2) + 1;
  return { vcpus: Math.max(8, each), memoryMib: KEPT_MIB + each * SERVER_MIB, diskGib: each * 2 };
}

/** What the two other processes read at their start. */
export interface Setting {
  stateDir: string;
  adminPassword: string;
  hosts: LocalHost[];
  size: SimSize;
}
