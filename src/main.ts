import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { OperatorError, messageOf } from './core/errors.ts';
import { EXIT, UsageError } from './machine/options.ts';

/** A command gets the words after its name and answers the exit code. */
type Command = (args: string[]) => Promise<number>;

/** Each command is a file in commands/ that exports a function of its name; loaded only when it is called. */
const COMMANDS: Record<string, string> = {
  up: 'make this machine a running cloud, or bring it up to date',
  down: 'stop the control plane; servers keep running',
  destroy: 'remove everything that Potluck made on this machine',
  status: 'what runs here',
  doctor: 'what is wrong with this machine, and the mend',
  explain: 'why something is where it is',
  logs: 'what the parts have said',
  audit: 'who changed what, when and from where',
  host: 'let machines in as hosts, list them, turn them out',
  join: "make this machine a host of another machine's cloud",
  oidc: 'let people sign in with the account that they have elsewhere',
  backup: 'write a verified backup of the cloud, while it runs',
  restore: 'put a backup in place of the database, or look whether one is whole',
  'migrate-database': 'move the cloud between SQLite and PostgreSQL',
  image: 'build guest images',
  controller: 'run the controller (the APIs) in the foreground',
  agent: 'run the agent of one host in the foreground',
  dev: 'a controller and simulated hosts, without root, restarted on change',
  test: "run the project's tests",
  bench: 'measure how fast and how small it is',
  openapi: "write the APIs' OpenAPI documents",
};

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    'Usage: potluck COMMAND [OPTIONS]',
    '',
    'A cloud in one small program. Commands:',
    ...Object.entries(COMMANDS).map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'potluck COMMAND --help says more about one. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing is running.',
    '',
  ].join('\n');
}

async function load(name: string): Promise<Command> {
  const path = `./commands/${name}.ts`;
  const loaded = (await import(path).catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (missing && messageOf(error).includes(`/commands/${name}.ts`)) {
      throw new OperatorError(`This version has no command '${name}' yet.`, 'See: potluck --help', { cause: error });
    }
    throw error;
  })) as Record<string, unknown>;
  const command = loaded[name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
  if (typeof command !== 'function') throw new Error(`commands/${name}.ts does not export ${name}`);
  return command as Command;
}

/** Where Node keeps what it made of the sources, by their content: a third off a command's start and its memory. */
const COMPILED = join(import.meta.dirname, '../node_modules/.cache/potluck');

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? process.stderr : process.stdout).write(help());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version') {
    const { default: about } = (await import('../package.json', { with: { type: 'json' } })) as {
      default: { version: string };
    };
    process.stdout.write(`potluck ${about.version}, Node ${process.versions.node}\n`);
    return EXIT.ok;
  }
  if (!Object.hasOwn(COMMANDS, name)) throw new UsageError(`There is no command '${name}'.`, 'See: potluck --help');
  // Child processes, such as tests and services, take it from the environment. Where it cannot be written, it is not.
  enableCompileCache((process.env.NODE_COMPILE_CACHE ??= COMPILED));
  const command = await load(name);
  return command(rest);
}

/** Prints what went wrong: for an operator's error its two sentences, for a fault of ours everything. */
function report(error: unknown, json: boolean): number {
  const usage = error instanceof UsageError || isParseError(error);
  const hint = error instanceof OperatorError ? error.hint : undefined;
  if (json) {
    process.stdout.write(`${JSON.stringify({ event: 'error', error: messageOf(error), hint })}\n`);
  } else if (hint !== undefined || usage) {
    process.stderr.write(`\npotluck: ${messageOf(error)}\n${hint === undefined ? '' : indent(hint)}`);
  } else {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`\npotluck: a fault of ours, please report it:\n${stack}\n`);
  }
  return usage ? EXIT.usage : EXIT.failed;
}

function isParseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `         ${line}\n`)
    .join('');
}

const words = process.argv.slice(2);
try {
  process.exitCode = await main(words);
} catch (error) {
  process.exitCode = report(error, words.includes('--json'));
}
