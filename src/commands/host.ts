import { signInAsAdmin } from '../machine/admin-session.ts';
import { findMachine, needRoot, pathsFrom, type Machine } from '../machine/everything.ts';
import { COMMON, EXIT, UsageError, numberOption, parseCommand, type CommandSpec } from '../machine/options.ts';
import { object, list, text, type Json, type Session } from '../machine/seed/client.ts';
import { forgetChassis, openSouthbound } from '../machine/southbound.ts';

const SPEC: CommandSpec = {
  name: 'host',
  summary: 'Lets machines in as hosts of this cloud, lists them, and turns them out.',
  operands: 'invite | invites | uninvite ID | list | revoke NAME | remove NAME | kept | adopt ID | forget ID',
  options: {
    name: { value: 'NAME', help: "invite: the host's name (what the machine calls itself); adopt: what to call it" },
    replace: { help: 'invite: the machine takes the place of the host of that name, whose servers are lost' },
    uses: { value: 'NUMBER', help: 'invite: how many machines may join with it (1)' },
    expires: { value: 'TIME', help: 'invite: how long it is good for, such as 90m, 24h or 7d (24h)' },
    project: { value: 'NAME', help: 'adopt: whose it is to be, by name or id (that which the server had)' },
    ...COMMON,
  },
  details: [
    'invite prints the command that is to be run on the other machine. revoke ends all that a host may do, at once;',
    'what it runs goes on running. remove takes a host without servers out of the cloud. Needs root, on the controller.',
    '',
    'kept lists what hosts have and nobody owns, mostly since a restore: servers, stopped, and volumes. adopt makes an',
    "image of such a server's disk, or gives such a volume to a project; forget has the host remove it for good.",
  ].join('\n'),
};

/** `potluck host`. */
export async function host(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const [verb = '', operand, ...more] = parsed.operands;
  const act = VERBS[verb];
  if (!act || more.length > 0 || act.needs !== (operand !== undefined)) {
    throw new UsageError(`Say what: potluck host ${SPEC.operands}.`, 'See: potluck host --help');
  }
  needRoot('host');
  const machine = await findMachine(pathsFrom(parsed));
  if (machine === null || machine.settings.role === 'host') {
    process.stderr.write('No controller is on this machine: run this where `potluck up` was run.\n');
    return EXIT.notRunning;
  }
  const admin = await signInAsAdmin(machine);
  const { answer, words } = await act.run({
    ...{ machine, admin, operand: operand ?? '', wishes: wishesOf(parsed) },
    project: parsed.text('project') ?? null,
  });
  process.stdout.write(parsed.is('json') ? `${JSON.stringify(answer)}\n` : `${words.join('\n')}\n`);
  return EXIT.ok;
}

interface Call {
  machine: Machine;
  admin: Session;
  operand: string;
  wishes: Json;
  project: string | null;
}

interface Verb {
  /** Whether it names something. */
  needs: boolean;
  run: (call: Call) => Promise<{ answer: unknown; words: string[] }>;
}

const API = 'enrolment/v1';

const VERBS: Record<string, Verb | undefined> = {
  invite: {
    needs: false,
    async run({ machine, admin, wishes }) {
      const invite = object(await admin.send('POST', API, '/invites', wishes), 'invite');
      // From now on there may be switches on other machines.
      await openSouthbound(machine.paths);
      const uses = Number(invite['uses_left']);
      return {
        answer: invite,
        words: [
          `Run this as root on ${uses === 1 ? 'the machine that is' : `up to ${uses} machines that are`} to join, before ${text(invite, 'expires_at')}:`,
          '',
          `  ./potluck join ${text(invite, 'token')}`,
          '',
          'Whoever has this line can join: pass it on as you would a password. It cannot be shown again.',
        ],
      };
    },
  },
  invites: {
    needs: false,
    async run({ admin }) {
      const answer = list(await admin.get(API, '/invites'), 'invites');
      const rows = answer.map((one) => [
        text(one, 'id'),
        one['name'] === null ? 'any name' : text(one, 'name'),
        `${String(one['uses_left'])} left`,
        `until ${text(one, 'expires_at')}`,
        one['replace'] === true ? 'replaces the host of that name' : '',
      ]);
      return { answer, words: rows.length === 0 ? ['No invite is open.'] : table(rows) };
    },
  },
  uninvite: {
    needs: true,
    async run({ admin, operand }) {
      await admin.send('DELETE', API, `/invites/${encodeURIComponent(operand)}`);
      return { answer: { deleted: operand }, words: ['Nobody joins with it any more.'] };
    },
  },
  list: {
    needs: false,
    async run({ admin }) {
      const answer = list(await admin.get(API, '/hosts'), 'hosts');
      return { answer, words: table(answer.map(hostRow)) };
    },
  },
  revoke: {
    needs: true,
    async run({ admin, operand }) {
      const found = await named(admin, operand);
      await admin.send('POST', API, `/hosts/${text(found, 'id')}/revoke`);
      await forgetChassis(text(found, 'id'));
      const again = `To let the machine in again: potluck host invite --name ${text(found, 'name')} --replace`;
      return { answer: { revoked: operand }, words: [`${text(found, 'name')} may do nothing here any more. ${again}`] };
    },
  },
  remove: {
    needs: true,
    async run({ admin, operand }) {
      const found = await named(admin, operand);
      await admin.send('DELETE', API, `/hosts/${text(found, 'id')}`);
      await forgetChassis(text(found, 'id'));
      const next = 'On that machine, if it is still there: potluck destroy';
      return {
        answer: { removed: operand },
        words: [`${text(found, 'name')} is no host of this cloud any more. ${next}`],
      };
    },
  },
  kept: {
    needs: false,
    async run({ admin }) {
      const answer = list(await admin.get(API, '/kept'), 'kept');
      const projects = answer.length === 0 ? [] : list(await admin.get('identity/v3', '/projects'), 'projects');
      const names = new Map(projects.map((one) => [one['id'], text(one, 'name')]));
      const rows = answer.map((one) => keptRow(one, names.get(one['project_id']) ?? null));
      const next = 'See docs/operate/backup.md: potluck host adopt ID, potluck host forget ID';
      return { answer, words: rows.length === 0 ? ['No host keeps anything.'] : [...table(rows), '', next] };
    },
  },
  adopt: {
    needs: true,
    async run({ admin, operand, wishes, project }) {
      const body = { name: wishes['name'], project_id: project === null ? null : await projectId(admin, project) };
      const answer = await admin.send('POST', API, `/kept/${encodeURIComponent(operand)}/adopt`, body);
      const made = answer['image_id'];
      const words =
        typeof made === 'string'
          ? `An image is being made of it. When it is active: openstack server create --image ${made} …`
          : `It is volume ${text(answer, 'volume_id')} of that project now.`;
      return { answer, words: [words] };
    },
  },
  forget: {
    needs: true,
    async run({ admin, operand }) {
      await admin.send('DELETE', API, `/kept/${encodeURIComponent(operand)}`);
      return { answer: { forgotten: operand }, words: ['Its host removes it, with its disk.'] };
    },
  },
};

async function projectId(admin: Session, name: string): Promise<string> {
  const projects = list(await admin.get('identity/v3', '/projects'), 'projects');
  const [found, ...others] = projects.filter((one) => one['id'] === name || one['name'] === name);
  if (found && others.length === 0) return text(found, 'id');
  throw new UsageError(
    found ? `Several projects are named '${name}'.` : `There is no project '${name}'.`,
    'Give the id: openstack project list',
  );
}

/** What is kept, as a row for a person. Pure. */
export function keptRow(one: Json, project: string | null): string[] {
  const image = one['image'] as { id: string; status: string | null } | null;
  return [
    text(one, 'kind'),
    text(one, 'id'),
    `on ${text(one, 'host')}`,
    one['size_gib'] === null ? '' : `${Number(one['size_gib'])} GiB`,
    one['name'] === null ? '' : `was ${text(one, 'name')} of ${project ?? 'a project that is gone'}`,
    image !== null ? `image ${image.id} ${image.status ?? 'deleted'}` : '',
    typeof one['reason'] === 'string' ? `no image: ${one['reason']}` : '',
  ];
}

async function named(admin: Session, name: string): Promise<Json> {
  const hosts = list(await admin.get(API, '/hosts'), 'hosts');
  const found = hosts.find((one) => one['name'] === name || one['id'] === name);
  if (found) return found;
  throw new UsageError(
    `There is no host '${name}'.`,
    `There is: ${hosts.map((one) => text(one, 'name')).join(', ') || 'none'}.`,
  );
}

function hostRow(one: Json): string[] {
  const until = one['certificate_expires_at'];
  const known = { certificate: `certificate until ${String(until)}`, token: 'on this machine', none: 'revoked' };
  return [
    text(one, 'name'),
    text(one, 'state'),
    `${Number(one['servers'])} server${one['servers'] === 1 ? '' : 's'}`,
    known[text(one, 'credential') as keyof typeof known],
    one['last_seen'] === null ? 'never heard of' : `last heard of ${text(one, 'last_seen')}`,
  ];
}

/** Rows in columns. Pure. */
export function table(rows: readonly string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const UNITS: Record<string, number> = { m: 60, h: 60 * 60, d: 24 * 60 * 60 };

/** Seconds of `90m`, `24h`, `7d`. Throws UsageError for anything else. Pure. */
export function duration(words: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(words) ?? [];
  const seconds = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (seconds >= 60 && seconds <= 90 * 24 * 60 * 60) return seconds;
  throw new UsageError(`--expires is '${words}'.`, 'Give a time such as 90m, 24h or 7d, at most 90d.');
}

function wishesOf(parsed: { text(name: string): string | undefined; is(name: string): boolean }): Json {
  return {
    name: parsed.text('name') ?? null,
    replace: parsed.is('replace'),
    uses: numberOption('uses', parsed.text('uses'), 1, 1, 1000),
    expires_in: duration(parsed.text('expires') ?? '24h'),
  };
}
