import { messageOf } from '../core/errors.ts';
import type { HostId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { createSignals } from '../core/signals.ts';
import type { ControllerLink } from './controller-link.ts';
import type { HostCapacity, HostLoad, TunnelRequest } from './document.ts';
import type { Drivers } from './drivers.ts';
import { createExecutor } from './executor.ts';
import type { Ledger } from './ledger.ts';

export interface AgentOptions {
  host: HostId;
  link: ControllerLink;
  drivers: Drivers;
  ledger: Ledger;
  log: Log;
  capacity: () => Promise<HostCapacity>;
  /** Said with each report. */
  load?: () => HostLoad;
  openTunnel: (request: TunnelRequest) => void;
  /** Milliseconds after which what is reported is looked at, when nothing happens. */
  heartbeat?: number;
  /** Milliseconds after which a report that says what the last one said is sent again. */
  repeat?: number;
  /** Milliseconds between two comparisons of everything when nothing happens. */
  patrol?: number;
  /** Milliseconds of quiet that housekeeping waits for. */
  quiet?: number;
  /** Longest pause in milliseconds before the controller is tried again. */
  maxBackoff?: number;
}

/** Milliseconds after a document in which further changes are left to gather. */
const GATHER = 25;
/** The longest rest after a report, in milliseconds. */
const MOST_REST = 1_000;
/** Milliseconds that a controller which did not answer in time is left in peace, more or less. */
const MOST_PEACE = 10_000;

/**
 * The agent of one host, until aborted: fetches the document, converges, reports. The three go side by side, so a
 * controller that is away stops neither the guarding of servers nor the answering of guests. Also the simulator's.
 */
export async function runAgent(options: AgentOptions, abort: AbortSignal): Promise<void> {
  const {
    host,
    link,
    drivers,
    ledger,
    log,
    heartbeat = 10_000,
    repeat = 30_000,
    patrol = 30_000,
    maxBackoff = 2_000,
    quiet = 0,
  } = options;
  const signals = createSignals();
  const executor = createExecutor({
    drivers,
    ledger,
    log,
    onChange: () => signals.raise('report'),
    quiet,
  });
  await Promise.all([drivers.machines.adopt(), drivers.volumes.adopt()]);
  executor.wake();

  /** Who is away is asked again soon; who has too much to do to answer is left in peace, each host for another while. */
  const backoff = (failures: number, took = 0) => {
    const peace = Math.round(Math.min(took, MOST_PEACE) * (0.5 + Math.random()));
    return signals.wait('never', 0, Math.max(Math.min(maxBackoff, 100 * 2 ** failures), peace), abort);
  };

  /** The last report that was taken, and when it was sent. */
  let said = { text: '', at: 0 };

  const poll = async () => {
    let failures = 0;
    while (!abort.aborted) {
      const begun = performance.now();
      try {
        const answer = await link.poll(ledger.document?.generation ?? 0, abort);
        if (failures > 0) {
          // Who is back may know nothing any more: a controller waits for a report after a restore.
          failures = 0;
          said = { text: '', at: 0 };
          signals.raise('report');
        }
        for (const tunnel of answer.tunnels) options.openTunnel(tunnel);
        if (answer.document === null) continue;
        const accepting = ledger.accept(answer.document);
        // New servers are begun while the document is being written down; everything else waits for that.
        executor.wake();
        const isNew = await accepting;
        if (isNew) log.info('document', { generation: answer.document.generation });
        // What comes of it is reported as it comes; that there was nothing to do is not urgent.
        if (quiet === 0) signals.raise('report');
        else setTimeout(() => signals.raise('report'), quiet).unref();
        // The same document again means that controller and agent disagree about "newer": not a reason to spin.
        if (!isNew) await backoff(2);
        // Changes of one moment come in one document.
        else await signals.wait('never', 0, GATHER, abort);
      } catch (error) {
        if (abort.aborted) return;
        failures++;
        if (failures === 1 || failures % 30 === 0) log.warn('controller-away', { failures, reason: messageOf(error) });
        await backoff(failures, performance.now() - begun);
      }
    }
  };

  const report = async () => {
    let failures = 0;
    while (!abort.aborted) {
      const seen = signals.count('report');
      const begun = performance.now();
      try {
        const generation = ledger.document?.generation ?? 0;
        const news = { host, generation, capacity: await options.capacity(), ...executor.report() };
        const text = JSON.stringify(news);
        if (text !== said.text || performance.now() - said.at >= repeat) {
          await link.report({ ...news, ...(options.load && { load: options.load() }) }, abort);
          said = { text, at: begun };
          // Where the controller has much to do, changes of one moment are said together.
          await signals.wait('never', 0, Math.round(Math.min(2 * (performance.now() - begun), MOST_REST)), abort);
        }
        failures = 0;
        await signals.wait('report', seen, heartbeat, abort);
      } catch (error) {
        if (abort.aborted) return;
        failures++;
        if (failures === 1) log.warn('report-failed', { reason: messageOf(error) });
        await backoff(failures, performance.now() - begun);
      }
    }
  };

  const guard = async () => {
    while (!abort.aborted) {
      await signals.wait('never', 0, patrol, abort);
      executor.wake();
    }
  };

  await Promise.all([poll(), report(), guard()]);
  await executor.close();
  await Promise.all([drivers.machines.close(), drivers.volumes.close(), drivers.metadata.close()]);
}
