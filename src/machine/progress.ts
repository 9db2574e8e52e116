import { OperatorError, messageOf } from '../core/errors.ts';
import type { Parsed } from './options.ts';

/** Shows what `up` is doing: one line per stage with its seconds, or one JSON object per event. */
export interface Progress {
  /** Runs one stage. `work` may name what it does at the moment, and answers the words for the finished line. */
  stage(name: string, title: string, work: (detail: (text: string) => void) => Promise<string>): Promise<void>;
  /** Lines for the end; under `--json` the fields. */
  finish(lines: string[], fields: Record<string, unknown>): void;
  /** Something worth knowing that stops nothing. */
  note(text: string): void;
}

export interface ProgressOptions {
  mode: 'text' | 'json' | 'quiet';
  /** Whether the last line can be written over. */
  terminal: boolean;
  write: (text: string) => void;
  /** Milliseconds. */
  now: () => number;
}

/** Without a terminal a detail is printed at most every five seconds. */
const DETAIL_EVERY = 5000;

/** As the options --json and --quiet want it, on standard output. */
export function progressOf(parsed: Parsed): Progress {
  return createProgress({
    mode: parsed.is('json') ? 'json' : parsed.is('quiet') ? 'quiet' : 'text',
    terminal: process.stdout.isTTY,
    write: (text) => process.stdout.write(text),
    now: () => performance.now(),
  });
}

export function createProgress(options: ProgressOptions): Progress {
  const { mode, terminal, write, now } = options;
  const begin = now();
  const event = (fields: Record<string, unknown>) => write(`${JSON.stringify(fields)}\n`);
  return {
    async stage(name, title, work) {
      const start = now();
      let detail = '';
      let shown = start;
      const live = () => {
        const words = detail === '' ? title : `${title}: ${detail}`;
        write(`\r\x1b[K${seconds(now() - start)}  ${words.slice(0, 100)}`);
      };
      const timer = mode === 'text' && terminal ? setInterval(live, 100) : undefined;
      if (mode === 'json') event({ event: 'stage', name, title, state: 'running' });
      const done = (mark: string, words: string) => {
        clearInterval(timer);
        if (mode !== 'text') return;
        write(`${terminal ? '\r\x1b[K' : ''}${seconds(now() - start)}  ${title}: ${words}${mark}\n`);
      };
      try {
        const words = await work((text) => {
          detail = text;
          if (mode === 'json') event({ event: 'detail', name, detail: text });
          if (mode !== 'text' || terminal || now() - shown < DETAIL_EVERY) return;
          shown = now();
          write(`${seconds(now() - start)}  ${title}: ${text} …\n`);
        });
        done('', words);
        if (mode === 'json')
          event({ event: 'stage', name, state: 'done', seconds: round(now() - start), detail: words });
      } catch (error) {
        done('', 'failed');
        if (mode === 'json') {
          const hint = error instanceof OperatorError ? error.hint : undefined;
          event({
            event: 'stage',
            name,
            state: 'failed',
            seconds: round(now() - start),
            error: messageOf(error),
            hint,
          });
        }
        throw error;
      }
    },
    note(text) {
      if (mode === 'json') event({ event: 'note', text });
      if (mode === 'text') write(`         ${text}\n`);
    },
    finish(lines, fields) {
      if (mode === 'json') event({ event: 'finished', seconds: round(now() - begin), ...fields });
      else if (mode === 'text') write(`${seconds(now() - begin)}  in all\n\n${lines.join('\n')}\n`);
    },
  };
}

const round = (milliseconds: number) => Math.round(milliseconds / 100) / 10;
const seconds = (milliseconds: number) => `${round(milliseconds).toFixed(1).padStart(7)} s`;
