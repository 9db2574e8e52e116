import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { AUDIT_KEEP_DAYS } from '../audit/index.ts';
import { OperatorError } from '../core/errors.ts';
import type { HostId } from '../core/ids.ts';
import { createLog, type Level } from '../core/log.ts';
import { parseProxies } from '../http/proxies.ts';
import { parsePasswordRules, SESSION_HOURS } from '../identity/index.ts';
import { numberOption } from '../machine/options.ts';
import { reclaimOption } from '../machine/settings.ts';
import { databaseOf } from '../store/database-address.ts';
import { readBootstrap, startController, type LocalHost } from '../controller.ts';

const HELP = `Usage: potluck controller [OPTIONS]

Runs the controller (all APIs and reconcilers) in the foreground; 'potluck up' does this for you.

  --state-dir DIR        database, keys and images (default /var/lib/potluck/controller)
  --database-file FILE   has one line, postgres://USER:PASSWORD@HOST/NAME, of a PostgreSQL database; several controllers
                         may share it, if they have the same secret.key (default controller.db in the state directory)
  --database URL         the same without a password: give that in PGPASSWORD or a file that PGPASSFILE names
  --image-dir DIR        image data, a directory shared by all controllers (default images in the state directory)
  --relay-port PORT      port on which the other controllers pass consoles on to this one (default any that is free)
  --relay-address NAME   name or address at which they reach it (default that by which it reaches the database)
  --drain SECONDS        when asked to end, first answer 503 at /healthz for so long, so that a load balancer goes elsewhere
                         (default 0)
  --listen ADDRESS       address to listen on (default ::, which takes IPv4 too)
  --port PORT            (default 5000)
  --public-url URL       how clients reach this cloud (default http://127.0.0.1:PORT)
  --region NAME          (default RegionOne)
  --ovn-northbound ADDR  OVN's northbound database (default unix:/run/ovn/ovnnb_db.sock; 'none' drives no OVN)
  --on-server-failure W  'stop' or 'restart' a server whose QEMU ended by itself (default stop)
  --host-id ID --host-token-file FILE [--host-name NAME]
                         enrols the agent of this machine
  --image-format-check W 'on', or 'off' to accept images whose bytes are not of their declared format (default on)
  --image-import-allow L names or NAME:PORT, by commas, of your own web servers: images may be imported from there
                         though their addresses are internal
  --password-rules LIST  NAME=VALUE by semicolons, with Keystone's names: lockout_failure_attempts=5; lockout_duration=60
  --audit-keep DAYS      how long it is kept who did what (default 365)
  --trusted-dashboards L addresses, by commas, of other consoles that may have a token for whoever signs in elsewhere
  --password-sign-in W   'on', or 'off': the console shows no form for names and passwords (default on)
  --session-hours HOURS  after which a browser has to sign in again, however busy (default 12)
  --trusted-proxies LIST addresses and networks of proxies in front, by commas, whose X-Forwarded-For is believed
  --project-networks WHICH
                         on or off: whether a new project is given a network, a router and a group for SSH (default off)
  --reclaim-deleted-after SECONDS
                         for how long a deleted server can be restored (default 0: it is gone at once)
  --agent-port PORT      port on which machines join and agents talk, over mutual TLS (none: no other machine may join)
  --agent-address NAME   name or address at which they reach it (that of --public-url)
  --ovn-southbound ADDR  OVN's southbound database as they reach it, such as ssl:192.0.2.1:6642
  --log-level LEVEL      debug, info, warn or error (default info)
`;

/** Runs a controller until SIGTERM or SIGINT. */
export async function controller(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', short: 'h' },
      'state-dir': { type: 'string', default: '/var/lib/potluck/controller' },
      database: { type: 'string' },
      'database-file': { type: 'string' },
      'image-dir': { type: 'string' },
      'relay-port': { type: 'string' },
      'relay-address': { type: 'string' },
      drain: { type: 'string', default: '0' },
      listen: { type: 'string', default: '::' },
      port: { type: 'string', default: '5000' },
      'public-url': { type: 'string' },
      region: { type: 'string', default: 'RegionOne' },
      'ovn-northbound': { type: 'string', default: 'unix:/run/ovn/ovnnb_db.sock' },
      'on-server-failure': { type: 'string', default: 'stop' },
      'host-id': { type: 'string' },
      'host-name': { type: 'string', default: hostname() },
      'host-token-file': { type: 'string' },
      'image-format-check': { type: 'string', default: 'on' },
      'image-import-allow': { type: 'string', default: '' },
      'password-rules': { type: 'string', default: '' },
      'audit-keep': { type: 'string' },
      'trusted-dashboards': { type: 'string', default: '' },
      'password-sign-in': { type: 'string', default: 'on' },
      'session-hours': { type: 'string' },
      'trusted-proxies': { type: 'string', default: '' },
      'project-networks': { type: 'string', default: 'off' },
      'reclaim-deleted-after': { type: 'string', default: '0' },
      'agent-port': { type: 'string' },
      'agent-address': { type: 'string' },
      'ovn-southbound': { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const stateDir = values['state-dir'];
  const publicUrl = (values['public-url'] ?? `http://127.0.0.1:${values.port}`).replace(/\/$/, '');
  const running = await startController(
    {
      stateDir,
      ...databaseOf(values.database, values['database-file']),
      ...(values['image-dir'] !== undefined && { imageDir: values['image-dir'] }),
      relayPort: numberOption('relay-port', values['relay-port'], 0, 0, 65_535),
      ...(values['relay-address'] !== undefined && { relayAddress: values['relay-address'] }),
      drainMilliseconds: secondsOf('--drain', values.drain) * 1000,
      listen: values.listen,
      port: Number(values.port),
      publicUrl,
      ...agentOptions(publicUrl, values['agent-port'], values['agent-address']),
      ...(values['ovn-southbound'] !== undefined && { ovnSouthbound: values['ovn-southbound'] }),
      region: values.region,
      ovnNorthbound: values['ovn-northbound'] === 'none' ? null : values['ovn-northbound'],
      onServerFailure: oneOf('--on-server-failure', values['on-server-failure'], ['stop', 'restart']),
      enforceImageFormat: oneOf('--image-format-check', values['image-format-check'], ['on', 'off']) === 'on',
      imageImportAllow: values['image-import-allow'].split(',').filter((one) => one !== ''),
      passwordRules: parsePasswordRules(values['password-rules']),
      auditKeepDays: numberOption('audit-keep', values['audit-keep'], AUDIT_KEEP_DAYS, 1, 36_500),
      trustedDashboards: values['trusted-dashboards'].split(',').filter((one) => one !== ''),
      passwordSignIn: oneOf('--password-sign-in', values['password-sign-in'], ['on', 'off']) === 'on',
      sessionHours: numberOption('session-hours', values['session-hours'], SESSION_HOURS, 1, 720),
      trustedProxies: parseProxies(values['trusted-proxies']),
      projectNetworks: oneOf('--project-networks', values['project-networks'], ['on', 'off']) === 'on',
      reclaimDeletedAfter: reclaimOption(values['reclaim-deleted-after']),
    },
    {
      log: createLog(oneOf<Level>('--log-level', values['log-level'], ['debug', 'info', 'warn', 'error'])),
      adminPassword: readBootstrap(stateDir)?.adminPassword ?? null,
      localHosts: localHosts(values['host-id'], values['host-name'], values['host-token-file']),
    },
  );
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await running.close();
  return 0;
}

function secondsOf(option: string, text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new OperatorError(`${option} is '${text}'.`, 'Give whole seconds.');
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (!found) throw new OperatorError(`${option} is '${value}'.`, `Give one of: ${allowed.join(', ')}.`);
  return found;
}

function agentOptions(publicUrl: string, port: string | undefined, address: string | undefined) {
  if (port === undefined) return {};
  const host = address ?? new URL(publicUrl).hostname;
  const agentUrl = `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  if (!/^\d{1,5}$/.test(port) || !URL.canParse(agentUrl)) {
    throw new OperatorError(
      `--agent-port is '${port}', --agent-address '${host}'.`,
      'Give a port, and a name or an address.',
    );
  }
  return { agentPort: Number(port), agentUrl };
}

function localHosts(id: string | undefined, name: string, tokenFile: string | undefined): LocalHost[] {
  if (id === undefined || tokenFile === undefined) return [];
  if (!existsSync(tokenFile)) {
    throw new OperatorError(`There is no host token at ${tokenFile}.`, "Run 'potluck up', which makes it.");
  }
  return [{ id: id as HostId, name, token: readFileSync(tokenFile, 'utf8').trim() }];
}
