import type { Packet } from './subunit.ts';

export type Status = 'passed' | 'failed' | 'skipped';

export interface Result {
  /** Without the ids in brackets. */
  test: string;
  status: Status;
  seconds: number;
  /** Of a skip or a failure, in one line. */
  reason: string;
  /** Traceback and log of a failure. */
  details: string;
}

interface Open {
  started: number | null;
  parts: Map<string, string>;
}

/** The name of a test without the ids in brackets that Tempest adds: `...test_list_flavors[id-…,smoke]`. */
export const testName = (id: string): string => id.replace(/\[.*\]$/, '');

/** The class of a test, whose tests share what setUpClass makes. */
export const classOf = (id: string): string => testName(id).replace(/\.[^.]+$/, '');

/** Gathers the packets of one group of tests; `finish` says how each of them ended. */
export function collect(tests: readonly string[]): {
  add(packet: Packet): void;
  finish(brokenBy?: string): Result[];
} {
  const names = tests.map(testName);
  const open = new Map<string, Open>();
  const ended = new Map<string, Result>();
  return {
    add(packet) {
      if (packet.testId === null) return;
      const id = testName(packet.testId);
      const test = open.get(id) ?? { started: null, parts: new Map<string, string>() };
      open.set(id, test);
      if (packet.file) {
        const { name, content } = packet.file;
        test.parts.set(name, (test.parts.get(name) ?? '') + content.toString('utf8'));
      }
      if (packet.status === 'inprogress') test.started = packet.time;
      const status = endOf(packet.status);
      if (status === null) return;
      const seconds = packet.time !== null && test.started !== null ? packet.time - test.started : 0;
      ended.set(id, { test: id, status, seconds, ...explain(status, test.parts) });
    },
    finish(brokenBy) {
      // What a class's setUp or tearDown said stands for each test that did not get its turn.
      const classwide = [...ended].filter(([id]) => !names.includes(id)).map(([, result]) => result);
      const failedClass = classwide.find(({ status }) => status === 'failed');
      const results = names.map((id) => {
        const own = ended.get(id);
        if (own) return own;
        const why = failedClass ?? classwide.find(({ status }) => status === 'skipped');
        if (why) return { ...why, test: id };
        const reason = brokenBy ?? 'it was not run';
        return { test: id, status: 'failed' as const, seconds: 0, reason, details: reason };
      });
      const allEnded = names.every((id) => ended.has(id));
      return failedClass && allEnded ? [...results, failedClass] : results;
    },
  };
}

function endOf(status: string): Status | null {
  if (status === 'success' || status === 'xfail') return 'passed';
  if (status === 'fail' || status === 'uxsuccess') return 'failed';
  return status === 'skip' ? 'skipped' : null;
}

function explain(status: Status, parts: ReadonlyMap<string, string>): { reason: string; details: string } {
  if (status === 'passed') return { reason: '', details: '' };
  if (status === 'skipped') return { reason: (parts.get('reason') ?? '').trim(), details: '' };
  const tracebacks = [...parts].filter(([name]) => name.startsWith('traceback')).map(([, text]) => text);
  const details = [...parts].map(([name, text]) => `----- ${name}\n${text}`).join('\n');
  return { reason: reasonOf(tracebacks[0] ?? details), details };
}

/** The exception at the end of a traceback, with its following lines, as one line. */
export function reasonOf(traceback: string): string {
  const lines = traceback.trimEnd().split('\n');
  let last = lines.length - 1;
  while (last > 0 && !/^[A-Za-z_][\w.]*(Error|Exception|Failure|Mismatch\w*|[A-Z]\w+)\b.*$/.test(lines[last] ?? ''))
    last -= 1;
  const text = lines
    .slice(last)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
  return text.replace(/^(tempest\.lib\.exceptions|testtools\.matchers\._impl|tempest\.exceptions)\./, '').slice(0, 600);
}
