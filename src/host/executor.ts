import { messageOf, OperatorError } from '../core/errors.ts';
import type { ServerId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { describe, nextStep, type Seen, type Step } from './converge.ts';
import type { HostServer, ServerReport } from './document.ts';
import type { Drivers } from './drivers.ts';
import { createLimit } from './exec.ts';
import type { Ledger } from './ledger.ts';

/** Carries out what the ledger's document wants: servers side by side, the steps of one server one after another. */
export interface Executor {
  /** Compares everything with the document and goes on with what differs. Returns at once. */
  wake(): void;
  /** What to report of each server; those that left the document are in it until nothing of them is left. */
  report(): ServerReport[];
  /** Resolves when no step is under way. */
  idle(): Promise<void>;
  /** Begins no further step, and resolves when those under way have ended or been given up. */
  close(): Promise<void>;
}

interface Worker {
  running: Promise<void> | null;
  /** Asked again while running. */
  again: boolean;
  /** The step under way with the wish it serves, and what cuts it short when that wish is superseded. */
  step: Step | null;
  serves: HostServer | null;
  interrupt: AbortController;
  attempts: number;
  failure: string | null;
  /** The wish that failed, so that it is tried again when it changes. */
  failedWish: string | null;
  retry: NodeJS.Timeout | null;
}

export interface ExecutorOptions {
  drivers: Drivers;
  ledger: Ledger;
  log: Log;
  /** Called whenever `report()` may answer something new. */
  onChange: () => void;
  /** How many servers are built or started at a time. */
  limit?: number;
  /** Attempts of a step before it is reported as an error, with growing pauses between. */
  attempts?: number;
}

/** Thrown by drivers when waiting is all that helps (the controller is away): tried again for ever. */
export class TryLater extends Error {
  override name = 'TryLater';
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { drivers, ledger, log, onChange, attempts = 3 } = options;
  const workers = new Map<ServerId, Worker>();
  const limit = createLimit(options.limit ?? 8);
  let closed = false;
  /** Servers that left traces on the disk, found at start. */
  let strays: ServerId[] = [];
  let straysKnown = false;

  const wish = (id: ServerId): HostServer | null => ledger.document?.servers.find((server) => server.id === id) ?? null;
  const seen = (id: ServerId): Seen => ({
    done: ledger.done(id),
    machine: drivers.machines.list().get(id) ?? null,
    saved: drivers.machines.isSuspended(id),
  });

  const known = (): Set<ServerId> =>
    new Set([
      ...(ledger.document?.servers.map((server) => server.id) ?? []),
      ...ledger.servers(),
      ...drivers.machines.list().keys(),
      ...strays,
    ]);

  const act = async (id: ServerId, step: Step, want: HostServer | null, interrupt: AbortSignal): Promise<void> => {
    const { machines, disks, ports } = drivers;
    if (step.do === 'remove') {
      const mine = portsOf(id);
      await machines.stop(id, 0);
      await ports.detach(mine);
      await disks.remove(id);
      await ledger.forget(id);
      strays = strays.filter((stray) => stray !== id);
      return;
    }
    if (want === null) return;
    const chosen = 'ports' in step ? step.ports : [];
    switch (step.do) {
      case 'build':
        await limit(async () => {
          await machines.discard(id);
          // None of the three depends on another.
          await Promise.all([disks.create(want, interrupt), ports.attach(want, want.ports), machines.prepare(want)]);
        });
        return ledger.record(id, { build: want.build, boot: 0, layersGib: want.disk.layersGib, ended: null });
      case 'resize':
        await disks.resize(want);
        return ledger.record(id, { layersGib: want.disk.layersGib });
      case 'start':
        await limit(async () => {
          await ports.attach(want, want.ports);
          await machines.start(want, disks.chain(want), step.resume);
        });
        onChange();
        return ledger.record(id, { boot: want.boot, ended: null });
      case 'note-boot':
        return ledger.record(id, { boot: want.boot, ended: null });
      case 'stop':
        return machines.stop(id, step.softSeconds, interrupt);
      case 'pause':
        return machines.pause(id);
      case 'unpause':
        return machines.unpause(id);
      case 'suspend':
        return machines.suspend(id);
      case 'discard':
        return machines.discard(id);
      case 'plug': {
        const missing = want.ports.filter((port) => chosen.includes(port.id));
        await ports.attach(want, missing);
        for (const port of missing) await machines.plug(want, port);
        return;
      }
      case 'unplug':
        for (const port of chosen) await machines.unplug(id, port);
        return ports.detach(chosen);
    }
  };

  /** Ports that a server had, as far as anyone remembers; what is forgotten is collected with the strays. */
  const lastPorts = new Map<ServerId, string[]>();
  const portsOf = (id: ServerId) => lastPorts.get(id) ?? drivers.machines.list().get(id)?.ports ?? [];

  const work = async (id: ServerId, worker: Worker): Promise<void> => {
    for (;;) {
      worker.again = false;
      const want = wish(id);
      if (want) lastPorts.set(id, [...new Set([...(lastPorts.get(id) ?? []), ...want.ports.map((port) => port.id)])]);
      const step = nextStep(want, seen(id));
      if (step === null || closed) {
        worker.failure = step === null ? null : worker.failure;
        if (!worker.again || closed) return;
        continue;
      }
      worker.step = step;
      worker.serves = want;
      worker.interrupt = new AbortController();
      const began = Date.now();
      await act(id, step, want, worker.interrupt.signal);
      log.info('step', { server: id, step: step.do, milliseconds: Date.now() - began });
      worker.attempts = 0;
      worker.failure = null;
      worker.failedWish = null;
      onChange();
      if (step.do === 'remove') {
        lastPorts.delete(id);
        workers.delete(id);
        return;
      }
    }
  };

  const failed = (id: ServerId, worker: Worker, error: unknown) => {
    const want = wish(id);
    if (worker.again || closed) return;
    worker.attempts++;
    const forEver = want === null || error instanceof TryLater;
    log.warn('step-failed', { server: id, attempt: worker.attempts, error });
    if (forEver || (worker.attempts < attempts && !(error instanceof OperatorError))) {
      const pause = Math.min(10_000, 250 * 2 ** worker.attempts);
      worker.retry = setTimeout(() => go(id, worker), pause);
    } else {
      worker.failure = error instanceof OperatorError ? `${error.message} ${error.hint}`.trim() : messageOf(error);
      worker.failedWish = JSON.stringify(want);
    }
    onChange();
  };

  const go = (id: ServerId, worker: Worker) => {
    if (closed) return;
    worker.again = true;
    if (worker.retry) clearTimeout(worker.retry);
    worker.retry = null;
    if (worker.running) return;
    worker.running = work(id, worker)
      .catch((error: unknown) => failed(id, worker, error))
      .finally(() => {
        worker.running = null;
        worker.step = null;
        if (worker.again && !closed) go(id, worker);
      });
  };

  const portsToKeep = () =>
    new Set([
      ...(ledger.document?.servers.flatMap((server) => server.ports.map((port) => port.id)) ?? []),
      ...[...drivers.machines.list().values()].flatMap((machine) => machine.ports),
    ]);

  const collect = async () => {
    const { document } = ledger;
    if (!document) return;
    if (!straysKnown) {
      strays = (await drivers.disks.list()).filter((id) => !document.servers.some((server) => server.id === id));
      straysKnown = true;
      for (const id of strays) wakeServer(id);
    }
    await drivers.metadata.apply(document).catch((error: unknown) => log.warn('metadata-failed', { error }));
    await drivers.ports.collect(portsToKeep).catch((error: unknown) => log.warn('port-collection-failed', { error }));
    await drivers.disks.collect(document).catch((error: unknown) => log.warn('image-collection-failed', { error }));
  };

  const wakeServer = (id: ServerId) => {
    let worker = workers.get(id);
    const want = wish(id);
    if (!worker) {
      if (want !== null && nextStep(want, seen(id)) === null) return;
      worker = newWorker();
      workers.set(id, worker);
    }
    if (worker.failedWish !== null && worker.failedWish === JSON.stringify(want)) return;
    if (worker.failedWish !== null) worker.attempts = 0;
    worker.failedWish = null;
    if (worker.step && isSuperseded(worker.step, worker.serves, want)) worker.interrupt.abort();
    go(id, worker);
  };

  let collecting: Promise<void> | null = null;
  let collectAgain = false;
  const collectSoon = () => {
    collectAgain = true;
    collecting ??= (async () => {
      while (collectAgain && !closed) {
        collectAgain = false;
        await collect().catch((error: unknown) => log.warn('collection-failed', { error }));
      }
      collecting = null;
    })();
  };

  const busy = () => [
    ...[...workers.values()].flatMap((worker) => worker.running ?? []),
    ...(collecting ? [collecting] : []),
  ];
  const idle = async () => {
    while (busy().length > 0) await Promise.all(busy());
  };

  drivers.machines.watch((end) => {
    const done = ledger.done(end.server);
    log.info('machine-ended', { server: end.server, reason: end.reason, byGuest: end.byGuest });
    const change = { boot: Math.max(done.boot, end.boot), ended: { reason: end.reason, byGuest: end.byGuest } };
    const noted = wish(end.server) ? ledger.record(end.server, change) : Promise.resolve();
    void noted
      .catch((error: unknown) => log.error('ledger-failed', { error }))
      .finally(() => {
        onChange();
        if (!closed) wakeServer(end.server);
      });
  }, onChange);

  return {
    wake() {
      if (closed || !ledger.document) return;
      for (const id of known()) wakeServer(id);
      collectSoon();
    },
    report: () => [...known()].sort().map((id) => describe(wish(id), seen(id), workers.get(id)?.failure ?? null, id)),
    idle,
    async close() {
      closed = true;
      for (const worker of workers.values()) {
        if (worker.retry) clearTimeout(worker.retry);
      }
      // What is under way may wait for a guest for minutes; an agent that comes back goes on with it.
      const patience = AbortSignal.timeout(3_000);
      await Promise.race([idle(), new Promise((resolve) => patience.addEventListener('abort', resolve))]);
    },
  };
}

function newWorker(): Worker {
  return {
    running: null,
    again: false,
    step: null,
    serves: null,
    interrupt: new AbortController(),
    attempts: 0,
    failure: null,
    failedWish: null,
    retry: null,
  };
}

/** Whether a newer wish makes the rest of a step pointless: waiting for a guest, or for an image to arrive. */
function isSuperseded(step: Step, served: HostServer | null, want: HostServer | null): boolean {
  if (step.do === 'stop') return want === null || want.shutdown === 'hard';
  if (step.do === 'build') return want === null || want.build !== served?.build;
  return false;
}
