import { join } from 'node:path';
import { parsePasswordRules } from '../identity/index.ts';
import { ensureConsole } from '../console/index.ts';
import { OperatorError, messageOf } from '../core/errors.ts';
import { createLog, type Level } from '../core/log.ts';
import { addressOf, DATABASE_OPTIONS, databaseSettings } from '../machine/controller-database.ts';
import { EXIT, UsageError, numberOption, parseCommand, type CommandSpec, type Parsed } from '../machine/options.ts';
import { repository } from '../machine/paths.ts';
import { checkOption, reclaimOption } from '../machine/settings.ts';
import type { DevOptions } from '../sim/dev.ts';
import { runWithRestarts } from '../sim/restarts.ts';

const SPEC: CommandSpec = {
  name: 'dev',
  summary: 'Runs a controller and simulated hosts, without root, and again after each change of the sources.',
  options: {
    hosts: { value: 'NUMBER', help: 'how many simulated hosts (3)' },
    port: { value: 'PORT', help: 'port of the APIs, on 127.0.0.1 only (5000)' },
    'state-dir': { value: 'DIR', help: 'database, passwords, clouds.yaml; kept between runs (.dev)' },
    ...DATABASE_OPTIONS,
    delay: { value: 'MS', help: 'the longest that one step of a simulated host takes (300)' },
    seed: { value: 'NUMBER', help: 'of these delays: the same seed, the same delays (1)' },
    'image-format-check': {
      value: 'WHICH',
      help: 'on or off: whether an image must be what its disk_format says (on)',
    },
    'image-import-allow': { value: 'LIST', help: 'NAME or NAME:PORT of web servers that images may come from (none)' },
    'password-rules': { value: 'LIST', help: "NAME=VALUE by semicolons, with Keystone's names (none)" },
    'project-networks': { value: 'WHICH', help: 'on or off: whether a new project is given a network (on)' },
    'reclaim-deleted-after': { value: 'SECONDS', help: 'for how long a deleted server can be restored (0)' },
    'log-level': { value: 'LEVEL', help: 'debug, info, warn or error (warn)' },
    'no-watch': { help: 'do not restart when sources change' },
    'no-console': { help: 'do not build the web console when it is older than its sources' },
    help: { short: 'h', help: 'print this and do nothing' },
  },
  details: [
    'APIs, decisions, the protocol of the hosts and their convergence are the real ones; machines, disks and ports are',
    'entries in memory. Servers outlive a restart as they outlive an agent. Begin anew: remove the state directory.',
  ].join('\n'),
};

/** `potluck dev`: until Ctrl-C or SIGTERM. */
export async function dev(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const options = optionsOf(parsed);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  // Started by another `potluck dev`, which has ended.
  process.on('disconnect', () => stop.abort());
  if (!parsed.is('no-watch')) return runWatched(args, stop.signal);
  try {
    await runCloud(options, stop.signal, !parsed.is('no-console'));
  } finally {
    // The channel would keep this process alive.
    if (process.connected) process.disconnect();
  }
  return EXIT.ok;
}

async function runCloud(options: DevOptions, stop: AbortSignal, withConsole: boolean): Promise<void> {
  const { startDevCloud } = await import('../sim/dev.ts');
  const cloud = await startDevCloud(options);
  // Meanwhile the APIs answer.
  if (withConsole) void buildConsole();
  const ready: Ready = { url: cloud.url, cloudsFile: cloud.cloudsFile, hosts: options.hosts };
  if (process.send) process.send(ready);
  else process.stdout.write(welcome(ready, false));
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve());
  });
  await cloud.close();
}

/** Says what it does only when there is something to do. */
async function buildConsole(): Promise<void> {
  let told = false;
  const tell = (text: string) => process.stderr.write(`web console: ${text}\n`);
  try {
    const built = await ensureConsole(repository, (text) => {
      if (!told) tell(`${text}, a minute the first time`);
      told = true;
    });
    if (built) tell('built');
  } catch (error) {
    tell(`not built. ${messageOf(error)}${error instanceof OperatorError ? `\n${error.hint}` : ''}`);
  }
}

async function runWatched(args: string[], stop: AbortSignal): Promise<number> {
  const source = join(repository, 'src');
  let welcomed = false;
  let result: number = EXIT.ok;
  await runWithRestarts(
    {
      command: [
        ...[process.execPath, '--disable-warning=ExperimentalWarning'],
        ...[join(source, 'main.ts'), 'dev', ...args, '--no-watch'],
      ] as [string, ...string[]],
      directory: source,
      onReady(message, milliseconds) {
        const again = `again at ${(message as Ready).url} after ${(milliseconds / 1000).toFixed(1)} s\n`;
        process.stdout.write(welcomed ? again : welcome(message as Ready, true));
        welcomed = true;
      },
      onEnd(code) {
        if (welcomed) {
          process.stdout.write('It ended. It starts again when a file in src/ changes.\n');
          return true;
        }
        // It has said why it cannot start at all, and no change of the sources frees a port.
        result = code ?? EXIT.failed;
        return false;
      },
    },
    stop,
  );
  return result;
}

interface Ready {
  url: string;
  cloudsFile: string;
  hosts: number;
}

function welcome({ url, cloudsFile, hosts }: Ready, watched: boolean): string {
  return [
    `A cloud with ${hosts} simulated hosts runs at ${url}`,
    '',
    `  export OS_CLIENT_CONFIG_FILE=${cloudsFile}`,
    '  openstack --os-cloud potluck-demo server list',
    '  openstack --os-cloud potluck-demo server create --image tiny --flavor tiny --network demo --wait one',
    '  openstack --os-cloud potluck hypervisor list     # as administrator',
    '',
    `${watched ? 'It restarts when a file in src/ changes. ' : ''}Ctrl-C ends it; the next one goes on with its servers.`,
    '',
  ].join('\n');
}

function optionsOf(parsed: Parsed): DevOptions {
  const level = parsed.text('log-level') ?? 'warn';
  if (!isLevel(level)) throw new UsageError(`--log-level is '${level}'.`, 'Give debug, info, warn or error.');
  return {
    stateDir: parsed.text('state-dir') ?? '.dev',
    port: numberOption('port', parsed.text('port'), 5000, 1, 65_535),
    hosts: numberOption('hosts', parsed.text('hosts'), 3, 1, 200),
    ...addressOf(databaseSettings(parsed, null)),
    delay: numberOption('delay', parsed.text('delay'), 300, 0, 60_000),
    seed: numberOption('seed', parsed.text('seed'), 1, 0, 2 ** 31),
    enforceImageFormat: checkOption(parsed.text('image-format-check') ?? 'on') === 'on',
    imageImportAllow: (parsed.text('image-import-allow') ?? '').split(',').filter((one) => one !== ''),
    projectNetworks: checkOption(parsed.text('project-networks') ?? 'on', 'project-networks') === 'on',
    reclaimDeletedAfter: reclaimOption(parsed.text('reclaim-deleted-after')),
    passwordRules: parsePasswordRules(parsed.text('password-rules') ?? ''),
    log: createLog(level),
  };
}

const isLevel = (text: string): text is Level => ['debug', 'info', 'warn', 'error'].includes(text);
