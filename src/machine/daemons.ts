import { bridgeMappings, renderBridgeMappings } from './bridge-mappings.ts';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { QEMU_USER, hostId, randomPassword, secret } from './accounts.ts';
import { databaseWords } from './controller-database.ts';
import { writeIfChanged } from './files.ts';
import { repository, type Paths } from './paths.ts';
import { run } from './run.ts';
import { agentPortOf, urlOf, type Settings } from './settings.ts';
import { southboundOf } from './southbound.ts';
import type { Service } from './supervisor/index.ts';

/** The controller as a service of this machine. */
export async function controllerService(paths: Paths, settings: Settings): Promise<Service> {
  return {
    ...(await daemon('controller', paths)),
    command: [
      ...program('controller'),
      ...['--state-dir', paths.controller],
      ...databaseWords(settings),
      ...['--port', String(settings.port)],
      ...['--public-url', urlOf(settings)],
      ...['--region', settings.region],
      ...['--on-server-failure', settings.onServerFailure ?? 'stop'],
      ...['--image-format-check', settings.imageFormatCheck ?? 'on'],
      ...['--image-import-allow', settings.imageImportAllow ?? ''],
      ...['--project-networks', settings.projectNetworks ?? 'on'],
      ...['--reclaim-deleted-after', String(settings.reclaimDeletedAfter ?? 0)],
      ...['--password-rules', settings.passwordRules ?? ''],
      ...['--audit-keep', String(settings.auditKeepDays ?? 365)],
      ...['--trusted-dashboards', settings.trustedDashboards ?? ''],
      ...['--password-sign-in', settings.passwordSignIn ?? 'on'],
      ...['--session-hours', String(settings.sessionHours ?? 12)],
      ...['--trusted-proxies', settings.trustedProxies ?? ''],
      ...['--agent-port', String(agentPortOf(settings))],
      ...['--ovn-southbound', southboundOf(settings)],
      ...['--host-id', await hostId(paths)],
      ...['--host-name', hostname()],
      ...['--host-token-file', await tokenFile(paths)],
    ],
  };
}

/** The agent of this machine as a service. */
export async function agentService(paths: Paths, settings: Settings): Promise<Service> {
  return {
    ...(await daemon('agent', paths)),
    command: [
      ...program('agent'),
      ...['--state-dir', paths.host],
      ...['--controller', urlOf(settings)],
      ...['--host-id', await hostId(paths)],
      ...['--token-file', await tokenFile(paths)],
      ...['--accel', settings.accel],
      ...['--qemu-user', QEMU_USER],
      ...['--bridge-mappings', renderBridgeMappings(bridgeMappings(settings))],
    ],
    // What udev does where it runs.
    prepare: ['if [ -c /dev/kvm ]; then chgrp kvm /dev/kvm && chmod g+rw /dev/kvm; fi'],
  };
}

/** The agent of a machine that has joined another's cloud. */
export async function joinedAgentService(paths: Paths, settings: Settings): Promise<Service> {
  const agent = await agentService(paths, settings);
  return {
    ...agent,
    command: [
      ...program('agent'),
      ...['--state-dir', paths.host],
      ...['--identity', paths.identity],
      ...['--address', settings.address],
      ...['--accel', settings.accel],
      ...['--bridge-mappings', renderBridgeMappings(bridgeMappings(settings))],
      ...['--qemu-user', QEMU_USER],
    ],
  };
}

/** Both by name only, for commands that look and stop: these need no secrets. */
export const DAEMONS: readonly Service[] = [
  nameOnly('controller', 'the APIs and all decisions'),
  nameOnly('agent', 'runs the servers of this machine'),
];

/** The file from which an empty database gets its first account. */
export async function writeBootstrap(paths: Paths, settings: Settings): Promise<{ adminPassword: string }> {
  const adminPassword = await secret(paths, 'admin-password');
  const bootstrap = { adminPassword, region: settings.region, publicUrl: urlOf(settings) };
  await writeIfChanged(join(paths.controller, 'bootstrap.json'), `${JSON.stringify(bootstrap, null, 2)}\n`, 0o600);
  return { adminPassword };
}

/** The file with the token by which the controller knows this machine's agent. */
async function tokenFile(paths: Paths): Promise<string> {
  await secret(paths, 'host-token', () => randomPassword() + randomPassword());
  return join(paths.secrets, 'host-token');
}

function program(command: string): string[] {
  // V8 sizes its heap by the machine's memory; this one is for the servers.
  const flags = ['--disable-warning=ExperimentalWarning', '--optimize-for-size'];
  return [process.execPath, ...flags, join(repository, 'src', 'main.ts'), command];
}

/** The memory allocator gives large blocks, of which each password check takes some, back to the system at once. */
const environment = (paths: Paths) => ({
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_ARENA_MAX: '2',
  NODE_COMPILE_CACHE: join(paths.state, 'compile-cache'),
});

/**
 * Compiles the program of both daemons ahead. One that finds itself compiled needs neither the type stripper nor the
 * compiler: it starts sooner and stays some 40 MB smaller.
 */
export async function compileAhead(paths: Paths): Promise<void> {
  for (const name of ['controller', 'agent']) {
    const [node = process.execPath, ...words] = program(name);
    await run(node, [...words, '--help'], { env: environment(paths) });
  }
}

function nameOnly(name: string, title: string): Service {
  const unit = `potluck-${name}.service`;
  return { name, title, unit, vendor: false, command: [], environment: {}, prepare: [], pidFile: null };
}

/** A change of the program is a change of its service: so `up` restarts it after an upgrade, and only then. */
async function daemon(name: string, paths: Paths): Promise<Service> {
  const known = DAEMONS.find((one) => one.name === name);
  if (!known) throw new Error(`no daemon ${name}`);
  return {
    ...known,
    environment: { ...environment(paths), POTLUCK_BUILD: await fingerprint(join(repository, 'src')) },
  };
}

/** A short name for the contents of the program's files. */
async function fingerprint(directory: string): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(directory, { recursive: true })).filter((name) =>
    /(?<!\.test)\.(ts|sql|json)$/.test(name),
  );
  for (const file of files.toSorted()) hash.update(file).update(await readFile(join(directory, file)));
  hash.update(await readFile(join(repository, 'package-lock.json')));
  return hash.digest('hex').slice(0, 12);
}
