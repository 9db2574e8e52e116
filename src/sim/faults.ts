import { setTimeout as sleep } from 'node:timers/promises';
import type { HostReport, PollAnswer } from '../host/document.ts';
import { DEADLINES, type ControllerLink } from '../host/controller-link.ts';
import type { SimFaults } from './drivers.ts';

/** Whole numbers from 0 up to, not including, `below`; always the same for one seed. */
export type Chance = (below: number) => number;

/** What is wrong with a host just now; all of it is over when the time has come. */
export interface Trouble {
  /** Nothing gets through: a request waits until its time is up. */
  cut: number;
  /** What is asked arrives; the answer does not. */
  deaf: number;
  /** Everything takes up to 15 s, and overtakes what was sent before. */
  slow: number;
  /** Steps fail, before or after they were done. */
  failing: number;
  /** There is no room: disks cannot be made. */
  full: number;
  /** Reports say what is not so. */
  lying: number;
  /** Milliseconds by which the host's clock is wrong. */
  skew: number;
}

export const noTrouble = (): Trouble => ({ cut: 0, deaf: 0, slow: 0, failing: 0, full: 0, lying: 0, skew: 0 });

/** The controller as an agent reaches it, when nothing is in the way. Rejects when it does not run. */
export interface Reach {
  poll(generation: number, abort: AbortSignal): Promise<PollAnswer>;
  report(report: HostReport): Promise<void>;
}

/** An agent's line to the controller with a host's troubles on it. */
export function troubledLink(reach: Reach, trouble: Trouble, chance: Chance, now: () => number): ControllerLink {
  const travel = async () => {
    if (now() < trouble.slow) await sleep(chance(15_000));
    while (now() < trouble.cut) await sleep(1_000);
  };
  /** Gives up after the deadline or with the agent; what was sent is on its way all the same. */
  const within = async <T>(milliseconds: number, abort: AbortSignal, work: (gone: AbortSignal) => Promise<T>) => {
    const gone = AbortSignal.any([abort, AbortSignal.timeout(milliseconds)]);
    const given = new Promise<never>((_, reject) => {
      const fail = () => reject(new Error('no answer in time'));
      if (gone.aborted) fail();
      else gone.addEventListener('abort', fail, { once: true });
    });
    const answer = work(gone);
    answer.catch(() => undefined);
    return Promise.race([answer, given]);
  };
  const asked = async <T>(question: () => Promise<T>): Promise<T> => {
    await travel();
    const answer = await question();
    if (now() < trouble.deaf) await new Promise(() => undefined);
    await travel();
    return answer;
  };
  return {
    poll: (generation, abort) => within(DEADLINES.poll, abort, (gone) => asked(() => reach.poll(generation, gone))),
    report: (report, abort) =>
      within(DEADLINES.report, abort, () =>
        asked(() => reach.report(now() < trouble.lying ? lie(report, chance) : report)),
      ),
  };
}

/** A report with something in it that is not so. Pure but for the chance. */
export function lie(report: HostReport, chance: Chance): HostReport {
  const STATES = ['building', 'running', 'stopped', 'paused', 'suspended', 'error'] as const;
  switch (chance(5)) {
    case 0:
      return { ...report, servers: report.servers.filter(() => chance(2) === 0) };
    case 1:
      return {
        ...report,
        servers: report.servers.map((one) => ({
          ...one,
          state: STATES[chance(STATES.length)] ?? 'error',
          reason: 'a lie',
        })),
      };
    case 2:
      return {
        ...report,
        servers: report.servers.map((one) => ({ ...one, boot: one.boot + chance(3), build: one.build + chance(2) })),
      };
    case 3:
      return { ...report, generation: Math.max(0, report.generation - chance(5)) };
    default:
      return { ...report, volumes: report.volumes.filter(() => chance(2) === 0), uploads: [] };
  }
}

/** Steps of a host that fail while it is in trouble. */
export function troubledSteps(trouble: Trouble, chance: Chance, now: () => number): SimFaults {
  const fail = (step: string) => {
    if (now() < trouble.failing && chance(4) === 0) throw new Error(`${step} failed, as it should in this test`);
  };
  return {
    before(step) {
      if (now() < trouble.full && /create|layer|snapshot/.test(step)) throw new Error('No space left on device');
      fail(step);
    },
    after: fail,
  };
}
