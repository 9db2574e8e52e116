import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { OperatorError } from '../core/errors.ts';
import { signInAsAdmin } from '../machine/admin-session.ts';
import { findMachine, needRoot, pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, UsageError, parseCommand, type CommandSpec, type Parsed } from '../machine/options.ts';
import { addProvider, checkStored, listProviders, removeProvider, type Report } from '../machine/oidc/providers.ts';
import { grantsIn, namesIn, switchOf, whoIn } from '../machine/oidc/words.ts';
import type { Session } from '../machine/seed/client.ts';
import { urlOf } from '../machine/settings.ts';
import type { Rule } from '../sign-in/index.ts';

const SPEC: CommandSpec = {
  name: 'oidc',
  summary: 'Lets people sign in with the account that they have at a provider of OpenID Connect.',
  operands: 'add ID | list | test ID | remove ID',
  options: {
    issuer: { value: 'URL', help: "add: the provider's address, such as https://sso.example.org/realms/main" },
    'client-id': { value: 'ID', help: 'add: what the provider calls this cloud' },
    'client-secret-file': { value: 'FILE', help: 'add: the file with the secret that it gave for that; - to type it' },
    name: { value: 'NAME', help: 'add: what stands on the button for signing in (ID)' },
    'members-of': { value: 'GROUPS', help: 'add: members of these groups at the provider may sign in, by commas' },
    'addresses-at': { value: 'DOMAINS', help: 'add: who has a mail address there may, by commas' },
    everybody: { help: 'add: all who have an account there may' },
    grant: { value: 'GRANTS', help: 'add: roles of groups, GROUP:ROLE@PROJECT by commas; of all who may sign in: *' },
    rules: { value: 'FILE', help: "add: instead of these, Keystone's rules of a mapping, as JSON" },
    'own-project': { value: 'on|off', help: 'add: whether a first sign-in makes a project of their own (off)' },
    force: { help: 'add: also when the provider does not answer as it should' },
    ...COMMON,
  },
  details: [
    'list says the address to register at a provider first. add tries the provider, then keeps it; given again, it changes',
    'what is given and leaves the rest. test says what is wrong. remove disables the accounts of its users and ends their',
    'sessions; to pause it: openstack identity provider set --disable ID. Needs root, on the controller.',
    '',
    'Who may sign in is said once by --members-of, --addresses-at or --everybody; without, the groups of --grant may.',
  ].join('\n'),
};

/** `potluck oidc`. */
export async function oidc(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const [verb = '', id, ...more] = parsed.operands;
  const act = VERBS[verb];
  if (!act || more.length > 0 || act.needs !== (id !== undefined)) {
    throw new UsageError(`Say what: potluck oidc ${SPEC.operands}.`, 'See: potluck oidc --help');
  }
  if (id !== undefined && !/^[\w.-]{1,64}$/.test(id)) {
    throw new UsageError(`'${id}' cannot be the id of a provider.`, 'Give letters, digits, hyphens and dots.');
  }
  needRoot('oidc');
  const machine = await findMachine(pathsFrom(parsed));
  if (machine === null || machine.settings.role === 'host') {
    process.stderr.write('No controller is on this machine: run this where `potluck up` was run.\n');
    return EXIT.notRunning;
  }
  // What is wrong with the words is said before anybody is asked anything.
  const run = await act.read(parsed, id ?? '');
  const { answer, words, good = true } = await run(await signInAsAdmin(machine), urlOf(machine.settings));
  process.stdout.write(parsed.is('json') ? `${JSON.stringify(answer)}\n` : `${words.join('\n')}\n`);
  return good ? EXIT.ok : EXIT.failed;
}

type Run = (admin: Session, url: string) => Promise<Report>;

const VERBS: Record<string, { needs: boolean; read: (parsed: Parsed, id: string) => Promise<Run> } | undefined> = {
  add: { needs: true, read: readAdd },
  list: { needs: false, read: async () => (admin, url) => listProviders(admin, url) },
  test: { needs: true, read: async (_, id) => (admin) => checkStored(admin, id) },
  remove: { needs: true, read: async (_, id) => (admin) => removeProvider(admin, id) },
};

async function readAdd(parsed: Parsed, id: string): Promise<Run> {
  const file = parsed.text('rules');
  const who = whoIn({
    groups: namesIn(parsed.text('members-of')),
    domains: namesIn(parsed.text('addresses-at')),
    everybody: parsed.is('everybody'),
  });
  const grants = grantsIn(parsed.text('grant'));
  if (file !== undefined && (who !== null || grants.length > 0)) {
    throw new UsageError('--rules says who may sign in; so do the other options.', 'Give one or the other.');
  }
  const secret = parsed.text('client-secret-file');
  const own = parsed.text('own-project');
  const wanted = {
    id,
    issuer: parsed.text('issuer') ?? null,
    clientId: parsed.text('client-id') ?? null,
    clientSecret: secret === undefined ? null : await readSecret(secret),
    name: parsed.text('name') ?? null,
    ownProject: own === undefined ? null : switchOf('own-project', own),
    rules: file === undefined ? null : await readRules(file),
    who,
    grants,
    force: parsed.is('force'),
  };
  return (admin, url) => addProvider(admin, url, wanted);
}

/** The first line. Throws UsageError. */
async function readSecret(file: string): Promise<string> {
  if (file === '-' && process.stdin.isTTY) process.stderr.write('The client secret, then Enter and Ctrl-D:\n');
  const content = file === '-' ? await readStream(process.stdin) : await readText(file, 'client-secret-file');
  const secret = content.trim();
  if (secret === '' || secret.includes('\n')) {
    throw new UsageError('The client secret is one line.', 'Copy it from the provider again.');
  }
  return secret;
}

async function readRules(file: string): Promise<Rule[]> {
  const content = await readText(file, 'rules');
  try {
    const rules: unknown = JSON.parse(content);
    if (Array.isArray(rules)) return rules as Rule[];
  } catch {
    // Said below.
  }
  throw new UsageError(`${file} is no list of rules in JSON.`, 'See docs/operate/single-sign-on.md for examples.');
}

const readText = (file: string, option: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw new OperatorError(`--${option}: ${file} cannot be read.`, 'Look at the name, and at who may read it.', {
      cause: error,
    });
  });
