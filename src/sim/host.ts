import { Readable } from 'node:stream';
import type { HostId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { runAgent } from '../host/agent.ts';
import { createLink } from '../host/controller-link.ts';
import type { HostUpload } from '../host/document.ts';
import { createImageSend } from '../host/image-send.ts';
import { memoryLedger, type Ledger } from '../host/ledger.ts';
import { createSimHost, simCapacity, type SimHost, type SimOptions, type SimSize } from './drivers.ts';
import { emptyQcow2 } from './empty-image.ts';
import { createSimTunnels } from './tunnels.ts';

export interface SimHostOptions {
  /** As the controller has enrolled it. */
  host: { id: HostId; name: string; token: string };
  /** `http://127.0.0.1:5000`. */
  controller: string;
  log: Log;
  /** Kept in memory if not given; one from an earlier run brings its machines along. */
  ledger?: Ledger;
  size?: SimSize;
  sim?: Omit<SimOptions, 'ledger'>;
}

/** A simulated host whose agent runs: the real agent, talking the real protocol, over drivers in memory. */
export interface RunningSimHost {
  name: string;
  sim: SimHost;
  /** Ends the agent and starts another one; the machines go on. */
  restartAgent(): Promise<void>;
  /** Ends the agent. */
  close(): Promise<void>;
}

const MIB = 2 ** 20;

/** The size that an image of a simulated disk says it has. */
function sizeGibOf({ from }: HostUpload, ledger: Ledger): number {
  if (from.kind === 'volume') return ledger.volume(from.id).sizeGib;
  return ledger.done(from.id).layersGib.at(-1) ?? 1;
}

/** Starts one simulated host; dozens fit into one process. */
export function startSimHost(options: SimHostOptions): RunningSimHost {
  const { host, controller, ledger = memoryLedger() } = options;
  const log = options.log.with({ host: host.name });
  const line = { controller, token: host.token };
  const sendImage = createImageSend(line);
  /** Disks of simulated hosts are empty, so their images are too. */
  const send = (upload: HostUpload) => {
    const gib = sizeGibOf(upload, ledger);
    const bytes = upload.format === 'qcow2' ? emptyQcow2(gib) : Buffer.alloc(MIB);
    return sendImage(upload.id, Readable.from([bytes]), bytes.length, AbortSignal.timeout(60_000));
  };
  const sim = createSimHost({ send, ...options.sim, ledger });

  const startAgent = (drivers: SimHost['drivers']) => {
    const abort = new AbortController();
    const tunnels = createSimTunnels({ link: line, sim: () => sim, log });
    const ended = runAgent(
      {
        ...{ host: host.id, drivers, ledger, log, link: createLink(line) },
        capacity: () => Promise.resolve(simCapacity(host.name, options.size)),
        openTunnel: (request) => tunnels.open(request),
      },
      abort.signal,
    ).catch((error: unknown) => log.error('agent-failed', { error }));
    return async () => {
      abort.abort();
      tunnels.close();
      await ended;
    };
  };

  let endAgent = startAgent(sim.drivers);
  return {
    name: host.name,
    sim,
    async restartAgent() {
      await endAgent();
      endAgent = startAgent(sim.restart());
    },
    close: () => endAgent(),
  };
}
