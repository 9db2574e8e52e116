import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../core/errors.ts';
import { signInAsAdmin } from '../machine/admin-session.ts';
import { findMachine, needRoot, pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, numberOption, parseCommand, UsageError, type CommandSpec } from '../machine/options.ts';
import { list, text, type Json, type Session } from '../machine/seed/client.ts';

const SPEC: CommandSpec = {
  name: 'audit',
  summary: 'Who changed what, when and from where, and what was refused; the oldest first.',
  options: {
    user: { value: 'NAME', help: 'of this user, by name or id' },
    project: { value: 'NAME', help: 'in this project, by name or id' },
    target: { value: 'ID', help: 'to the thing of this id' },
    operation: { value: 'NAME', help: "such as compute:servers:delete, or its beginning: 'compute:*'" },
    since: { value: 'WHEN', help: 'not before: 30m, 12h, 7d ago, or a time such as 2026-01-31T12:00:00Z (24h)' },
    refused: { help: 'only what was refused, or failed' },
    limit: { value: 'NUMBER', help: 'the newest so many (100)' },
    follow: { help: 'go on with what happens from now on, until interrupted' },
    ...COMMON,
  },
  details:
    'Needs root, and a running controller. With --json each event is a line, for a log host: see docs/operate/audit.md',
};

/** Milliseconds between two questions with --follow, and how far each looks back: rows may come late. */
const EVERY = 1_000;
const LOOK_BACK = 30_000;

/** `potluck audit`. */
export async function audit(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const limit = numberOption('limit', parsed.text('limit'), 100, 1, 1000);
  const since = sinceOf(parsed.text('since') ?? '24h', Date.now());
  needRoot('audit');
  const machine = await findMachine(pathsFrom(parsed));
  if (machine === null) {
    process.stderr.write('Nothing of Potluck is on this machine.\n');
    return EXIT.notRunning;
  }
  const admin = await signInAsAdmin(machine);
  const users = await namesOf(admin, 'users');
  const projects = await namesOf(admin, 'projects');
  const user = parsed.text('user');
  const project = parsed.text('project');
  const filters = {
    ...(user !== undefined && { user_id: idOf(users, 'user', user) }),
    ...(project !== undefined && { project_id: idOf(projects, 'project', project) }),
    ...pick(parsed.text('target'), 'target'),
    ...pick(parsed.text('operation'), 'operation'),
    ...(parsed.is('refused') && { outcome: 'refused' }),
  };
  const ask = async (more: Record<string, string>) => {
    const query = new URLSearchParams({ ...filters, ...more });
    return list(await admin.get('audit/v1', `/events?${query.toString()}`), 'events').reverse();
  };
  const print = (events: Json[]) => {
    for (const event of events) {
      const line = parsed.is('json') ? JSON.stringify(event) : lineOf(event, { users, projects });
      process.stdout.write(`${line}\n`);
    }
  };
  const first = await ask({ since: new Date(since).toISOString(), limit: String(limit) });
  print(first);
  if (!parsed.is('follow')) return EXIT.ok;
  const seen = new Set(first.map((event) => text(event, 'id')));
  const started = Date.now();
  for (;;) {
    await sleep(EVERY);
    const from = new Date(Math.max(started, Date.now() - LOOK_BACK)).toISOString();
    const fresh = (await ask({ since: from, limit: '1000' })).filter((event) => !seen.has(text(event, 'id')));
    for (const event of fresh) seen.add(text(event, 'id'));
    print(fresh);
    for (const id of seen) {
      if (seen.size <= 10_000) break;
      seen.delete(id);
    }
  }
}

const pick = (value: string | undefined, name: string): Record<string, string> =>
  value === undefined ? {} : { [name]: value };

/** `12h` before now, or a time as written. Milliseconds since 1970. Throws UsageError for anything else. */
export function sinceOf(words: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(words) ?? [];
  if (count !== undefined)
    return now - Number(count) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 'm' | 'h' | 'd'];
  const time = Date.parse(words);
  if (Number.isNaN(time)) throw new UsageError(`--since is '${words}'.`, 'Give 30m, 12h, 7d, or 2026-01-31T12:00:00Z.');
  return time;
}

async function namesOf(admin: Session, what: 'users' | 'projects'): Promise<Map<string, string>> {
  const all = list(await admin.get('identity/v3', `/${what}`), what);
  return new Map(all.map((one) => [text(one, 'id'), text(one, 'name')]));
}

/** An id, also of what is deleted by now, or the id of the one thing of that name. */
function idOf(names: ReadonlyMap<string, string>, what: string, word: string): string {
  const found = [...names].filter(([id, name]) => name === word || id === word);
  const [one, ...others] = found;
  if (others.length > 0) {
    const ids = found.map(([id]) => id).join(', ');
    throw new OperatorError(`${found.length} ${what}s are named '${word}'.`, `Give an id: ${ids}`);
  }
  if (one) return one[0];
  if (/^[0-9a-f]{32}$/.test(word)) return word;
  throw new OperatorError(`No ${what} is named '${word}'.`, `See: openstack ${what} list`);
}

interface Names {
  users: ReadonlyMap<string, string>;
  projects: ReadonlyMap<string, string>;
}

/** One event as a line for a person. Pure. */
export function lineOf(event: Json, { users, projects }: Names): string {
  const word = (key: string) => (typeof event[key] === 'string' ? event[key] : null);
  const named = (names: ReadonlyMap<string, string>, id: string | null) => (id === null ? '-' : (names.get(id) ?? id));
  const refused = typeof event['status'] === 'number' ? `refused (${event['status']})` : 'done';
  const reason = (event['detail'] as { reason?: unknown } | null)?.reason;
  return [
    text(event, 'at').replace(/\.\d+Z$/, 'Z'),
    `${named(users, word('user_id'))}@${named(projects, word('project_id'))}`,
    ...(word('delegation') === null ? [] : [`by ${word('delegation')}`]),
    `from ${word('address') ?? '-'}`,
    text(event, 'operation'),
    word('target') ?? '-',
    refused + (typeof reason === 'string' ? `: ${reason}` : ''),
  ].join('  ');
}
