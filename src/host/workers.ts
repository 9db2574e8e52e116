import { messageOf, OperatorError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

/** Thrown by drivers when waiting is all that helps (the controller is away): tried again for ever. */
export class TryLater extends Error {
  override name = 'TryLater';
}

/** How one kind of thing (servers, volumes, uploads) converges. */
export interface Kind<Id extends string, Want, Step extends { do: string }> {
  /** For the log: `server`. */
  name: string;
  /** What the document says of it; null when it is to go. */
  want(id: Id): Want | null;
  next(id: Id, want: Want | null): Step | null;
  act(id: Id, step: Step, want: Want | null, interrupt: AbortSignal): Promise<void>;
  /** Whether a newer wish makes the rest of a step pointless. */
  isSuperseded(step: Step, served: Want | null, want: Want | null, id: Id): boolean;
  /** Whether another step follows at once, so that nobody needs to hear of this one. */
  isPassing?(step: Step): boolean;
  /** Called after each step that was carried out. */
  onStep(id: Id, step: Step): void;
}

/** Why a step was given up. */
export interface Failure<Step> {
  step: Step;
  reason: string;
  /** It was of the wish as it is now: nothing more is tried until that changes. */
  isFinal: boolean;
}

export interface Workers<Id extends string, Step> {
  /** Compares one with its wish and goes on with what differs. Returns at once. */
  wake(id: Id): void;
  failure(id: Id): Failure<Step> | null;
  /** What was ever begun and is not gone: a step that failed may have left something that nobody else knows of. */
  begun(): Iterable<Id>;
  /** What is under way. */
  busy(): Promise<void>[];
  close(): void;
}

interface Worker<Want, Step> {
  running: Promise<void> | null;
  /** Asked again while running. */
  again: boolean;
  /** The step under way with the wish it serves, and what cuts it short when that wish is superseded. */
  step: Step | null;
  serves: Want | null;
  interrupt: AbortController;
  attempts: number;
  failure: Omit<Failure<Step>, 'isFinal'> | null;
  /** The wish that failed, so that it is tried again when it changes. */
  failedWish: string | null;
  retry: NodeJS.Timeout | null;
}

export interface WorkerOptions {
  log: Log;
  /** Called whenever a report may say something new. */
  onChange: () => void;
  /** Attempts of a step before it is given up, with growing pauses between. */
  attempts: number;
}

/** Works on things of one kind side by side, on the steps of one of them one after another. */
export function createWorkers<Id extends string, Want, Step extends { do: string }>(
  kind: Kind<Id, Want, Step>,
  { log, onChange, attempts }: WorkerOptions,
): Workers<Id, Step> {
  const workers = new Map<Id, Worker<Want, Step>>();
  let closed = false;

  const work = async (id: Id, worker: Worker<Want, Step>): Promise<void> => {
    let passed = false;
    for (;;) {
      worker.again = false;
      const want = kind.want(id);
      const step = kind.next(id, want);
      if (step === null || closed) {
        worker.failure = step === null ? null : worker.failure;
        if (passed) onChange();
        passed = false;
        if (!worker.again || closed) {
          if (step === null && want === null) workers.delete(id);
          return;
        }
        continue;
      }
      worker.step = step;
      worker.serves = want;
      worker.interrupt = new AbortController();
      const began = Date.now();
      await kind.act(id, step, want, worker.interrupt.signal);
      log.info('step', { [kind.name]: id, step: step.do, milliseconds: Date.now() - began });
      worker.attempts = 0;
      worker.failure = null;
      worker.failedWish = null;
      kind.onStep(id, step);
      passed = kind.isPassing?.(step) ?? false;
      if (!passed) onChange();
      if (step.do === 'remove') {
        workers.delete(id);
        return;
      }
    }
  };

  const failed = (id: Id, worker: Worker<Want, Step>, error: unknown) => {
    const want = kind.want(id);
    if (worker.again || closed) return;
    worker.attempts++;
    const forEver = want === null || error instanceof TryLater;
    log.warn('step-failed', { [kind.name]: id, attempt: worker.attempts, error });
    if (forEver || (worker.attempts < attempts && !(error instanceof OperatorError))) {
      const pause = Math.min(10_000, 250 * 2 ** worker.attempts);
      worker.retry = setTimeout(() => go(id, worker), pause);
    } else if (worker.step) {
      const reason = error instanceof OperatorError ? `${error.message} ${error.hint}`.trim() : messageOf(error);
      worker.failure = { step: worker.step, reason };
      worker.failedWish = JSON.stringify(want);
    }
    onChange();
  };

  const go = (id: Id, worker: Worker<Want, Step>) => {
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

  return {
    wake(id) {
      if (closed) return;
      let worker = workers.get(id);
      const want = kind.want(id);
      if (!worker) {
        if (kind.next(id, want) === null) return;
        worker = newWorker();
        workers.set(id, worker);
      }
      if (isGivenUp(worker, want)) return;
      if (worker.failedWish !== null) worker.attempts = 0;
      worker.failedWish = null;
      if (worker.step && kind.isSuperseded(worker.step, worker.serves, want, id)) worker.interrupt.abort();
      go(id, worker);
    },
    failure(id) {
      const worker = workers.get(id);
      if (!worker?.failure) return null;
      return { ...worker.failure, isFinal: isGivenUp(worker, kind.want(id)) };
    },
    begun: () => workers.keys(),
    busy: () => [...workers.values()].flatMap((worker) => worker.running ?? []),
    close() {
      closed = true;
      for (const worker of workers.values()) {
        if (worker.retry) clearTimeout(worker.retry);
      }
    },
  };
}

/** Whether what failed is still wished in the same words. */
const isGivenUp = <Want, Step>({ failedWish }: Worker<Want, Step>, want: Want | null): boolean =>
  failedWish !== null && failedWish === JSON.stringify(want);

function newWorker<Want, Step>(): Worker<Want, Step> {
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
