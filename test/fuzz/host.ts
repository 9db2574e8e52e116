import type { LocalHost } from '../../src/controller.ts';
import type { Log } from '../../src/core/log.ts';
import { runAgent } from '../../src/host/agent.ts';
import type { HostUpload, PollAnswer } from '../../src/host/document.ts';
import { completed, memoryLedger, type Ledger } from '../../src/host/ledger.ts';
import { TryLater } from '../../src/host/workers.ts';
import { createSimHost, simCapacity, type SimHost, type SimSize } from '../../src/sim/drivers.ts';
import { emptyQcow2 } from '../../src/sim/empty-image.ts';
import { noTrouble, troubledLink, troubledSteps, type Chance, type Reach, type Trouble } from '../../src/sim/faults.ts';
import type { FuzzController } from './controller.ts';

/** A host with the real agent, over drivers in memory and a line that can be troubled. */
export interface FuzzHost extends LocalHost {
  sim: SimHost;
  ledger: Ledger;
  trouble: Trouble;
  /** Ends the agent in the middle of whatever it does and starts another one. */
  killAgent(): void;
  /** The same for the whole machine. */
  reboot(): void;
  close(): void;
}

export interface FuzzHostOptions {
  host: LocalHost;
  size: SimSize;
  chance: Chance;
  log: Log;
  controller: () => FuzzController | null;
}

export function startFuzzHost({ host, size, chance, log, controller }: FuzzHostOptions): FuzzHost {
  const trouble = noTrouble();
  const ledger = memoryLedger();
  const now = () => Date.now();
  const alive = (): FuzzController => {
    const running = controller();
    if (!running?.isAlive()) throw new Error('connection refused');
    return running;
  };
  const headers = { authorization: `Bearer ${host.token}` };
  const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object | Buffer, type?: string) => {
    const running = alive();
    const all = { ...headers, ...(type !== undefined && { 'content-type': type }) };
    const asked = running.server.inject({ method, url, headers: all, ...(payload && { payload }) });
    // The connection ends with the controller, whatever it was doing.
    const { abort } = running.app;
    const lost = new Promise<never>((_, reject) => {
      abort.addEventListener('abort', () => reject(new Error('connection lost')), { once: true });
    });
    const answer = await Promise.race([asked, lost]);
    if (answer.statusCode >= 300)
      throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body.slice(0, 200)}`);
    return answer;
  };
  const reach: Reach = {
    async poll(generation) {
      const answer = (await ask('GET', `/agent/v1/document?generation=${generation}`)).json() as PollAnswer;
      return { ...answer, document: answer.document && completed(answer.document) };
    },
    async report(report) {
      await ask('POST', '/agent/v1/report', report);
    },
  };
  const send = async (upload: HostUpload) => {
    const bytes = emptyQcow2(1);
    try {
      if (now() < trouble.cut) throw new Error('connection refused');
      await ask('PUT', `/agent/v1/images/${upload.id}/data`, bytes, 'application/octet-stream');
    } catch (error) {
      throw new TryLater(String(error));
    }
  };
  const sim = createSimHost({
    ledger,
    send,
    faults: troubledSteps(trouble, chance, now),
    time: {
      now: () => now() + trouble.skew,
      wait: (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds)),
    },
    delay: () => chance(3_000),
  });
  let abort = new AbortController();
  const start = (drivers: SimHost['drivers']) => {
    abort.abort();
    abort = new AbortController();
    const mine = abort.signal;
    runAgent(
      {
        ...{ host: host.id, drivers, log, ledger: mortal(ledger, mine), openTunnel: () => undefined },
        link: troubledLink(reach, trouble, chance, now),
        capacity: () => Promise.resolve({ ...simCapacity(host.name, size), bootedAt: 0 }),
      },
      mine,
    ).catch((error: unknown) => log.error('agent-failed', { error }));
  };
  start(sim.drivers);
  return {
    ...host,
    ...{ sim, ledger, trouble },
    killAgent: () => start(sim.restart()),
    reboot: () => start(sim.reboot()),
    close: () => abort.abort(),
  };
}

/** A ledger to which nothing is written any more once its agent was killed. */
function mortal(ledger: Ledger, dead: AbortSignal): Ledger {
  const never = () => new Promise<never>(() => undefined);
  const alive =
    <A extends unknown[], T>(write: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      dead.aborted ? never() : write(...args);
  return {
    ...ledger,
    get document() {
      return ledger.document;
    },
    accept: alive((...given: Parameters<Ledger['accept']>) => ledger.accept(...given)),
    record: alive((...given: Parameters<Ledger['record']>) => ledger.record(...given)),
    forget: alive((...given: Parameters<Ledger['forget']>) => ledger.forget(...given)),
    recordVolume: alive((...given: Parameters<Ledger['recordVolume']>) => ledger.recordVolume(...given)),
    forgetVolume: alive((...given: Parameters<Ledger['forgetVolume']>) => ledger.forgetVolume(...given)),
    recordUpload: alive((...given: Parameters<Ledger['recordUpload']>) => ledger.recordUpload(...given)),
    forgetUpload: alive((...given: Parameters<Ledger['forgetUpload']>) => ledger.forgetUpload(...given)),
  };
}
