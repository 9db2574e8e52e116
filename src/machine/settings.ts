import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { parsePasswordRules } from '../identity/password-rules.ts';
import { parseProxies } from '../http/proxies.ts';
import { DATABASE_OPTIONS, databaseSettings } from './controller-database.ts';
import { hostAddress, networkOf, parseCidr } from './addresses.ts';
import { parseBridgeMappings } from './bridge-mappings.ts';
import { readText, writeIfChanged } from './files.ts';
import { UsageError, numberOption, type OptionSpec, type Parsed } from './options.ts';
import type { Paths } from './paths.ts';
import { tryRun } from './run.ts';

/** What `up` was told about this machine; kept in config.json, so that it needs to be said only once. */
export interface Settings {
  /** Address at which users of the cloud reach this machine. */
  address: string;
  /** TCP port of all APIs. */
  port: number;
  /** The external network `public`: this machine's own address in it, with the prefix's length. */
  publicCidr: string;
  /** The same for IPv6, from a random unique local prefix (RFC 4193). */
  publicCidr6: string;
  region: string;
  accel: 'auto' | 'kvm' | 'tcg';
  /** What becomes of a server whose QEMU ended by itself; missing in files of before. */
  onServerFailure?: 'stop' | 'restart';
  /** Whether an image must be what its disk_format says; missing in files of before. */
  imageFormatCheck?: 'on' | 'off';
  /** Web servers of one's own from which images may be imported, by commas; missing in files of before. */
  imageImportAllow?: string;
  /** Physical networks besides `public`, `NAME:BRIDGE` by commas; missing in files of before. */
  bridgeMappings?: string;
  /** What passwords must be, `NAME=VALUE` by semicolons; missing in files of before. */
  passwordRules?: string;
  /** Days that the audit trail goes back; missing in files of before. */
  auditKeepDays?: number;
  /** Other consoles that may have a token of who signs in elsewhere, by commas; missing in files of before. */
  trustedDashboards?: string;
  /** Whether the console shows a form for names and passwords; missing in files of before. */
  passwordSignIn?: 'on' | 'off';
  /** Hours after which a browser has to sign in again; missing in files of before. */
  sessionHours?: number;
  /** Proxies whose X-Forwarded-For is believed, by commas; missing in files of before. */
  trustedProxies?: string;
  /** Seconds for which a deleted server can be restored; missing in files of before. */
  /** Whether a new project is given a network; on unless told. */
  projectNetworks?: 'on' | 'off';
  reclaimDeletedAfter?: number;
  /** The file with the address of the controller's PostgreSQL, or its address without a password; SQLite without. */
  databaseFile?: string;
  database?: string;
  /** TCP port on which other machines join and their agents talk; missing in files of before. */
  agentPort?: number;
  /** `host` where `potluck join` made this machine one of another's; missing where `up` made a cloud. */
  role?: 'host';
}

export const SETTING_OPTIONS: Record<string, OptionSpec> = {
  address: { value: 'ADDRESS', help: "address in the cloud's URLs (that of the interface with the default route)" },
  port: { value: 'PORT', help: 'port of the APIs (5000)' },
  'agent-port': { value: 'PORT', help: 'port on which other machines join, over mutual TLS (5001)' },
  ...DATABASE_OPTIONS,
  'public-cidr': { value: 'CIDR', help: "this machine's address in the network 'public' (172.24.4.1/24)" },
  'public-cidr6': { value: 'CIDR', help: 'the same for IPv6 (a random unique local /64)' },
  region: { value: 'NAME', help: 'name of the region (RegionOne)' },
  'on-server-failure': {
    value: 'WHAT',
    help: 'stop or restart: what becomes of a server whose QEMU ended by itself (stop)',
  },
  'image-format-check': {
    value: 'WHICH',
    help: 'on or off: whether an image must be what its disk_format says (on; off is for conformance tests)',
  },
  'image-import-allow': {
    value: 'LIST',
    help: 'names, or NAME:PORT, of your own web servers from which images may be imported (none)',
  },
  'bridge-mappings': {
    value: 'LIST',
    help: "NAME:BRIDGE by commas: physical networks for provider networks, besides 'public' (none)",
  },
  'password-rules': {
    value: 'LIST',
    help: "NAME=VALUE by semicolons, with Keystone's names, such as 'lockout_failure_attempts=5; lockout_duration=60' (none)",
  },
  'audit-keep': { value: 'DAYS', help: 'how long it is kept who did what (365)' },
  'trusted-dashboards': {
    value: 'LIST',
    help: 'addresses, by commas, of other consoles that may have a token for whoever signs in elsewhere (none)',
  },
  'password-sign-in': {
    value: 'WHAT',
    help: 'on or off: whether the console shows a form for names and passwords (on)',
  },
  'session-hours': { value: 'HOURS', help: 'after which a browser has to sign in again, however busy (12)' },
  'trusted-proxies': {
    value: 'LIST',
    help: 'addresses and networks of proxies in front, by commas, whose X-Forwarded-For is believed (none)',
  },
  'project-networks': {
    value: 'WHICH',
    help: 'on or off: whether a new project is given a network, a router and a group for SSH (on)',
  },
  'reclaim-deleted-after': {
    value: 'SECONDS',
    help: 'for how long a deleted server can be restored (0: it is gone at once)',
  },
  accel: { value: 'WHICH', help: 'auto, kvm or tcg: how servers are run (auto: KVM is tried, and used if it works)' },
};

/** The options over what was said before, over the defaults. Throws a UsageError for what cannot be. */
export async function settingsOf(parsed: Parsed, paths: Paths): Promise<Settings> {
  const before = await readSettings(paths);
  return {
    address: addressOption(parsed.text('address') ?? before?.address ?? (await defaultAddress())),
    port: numberOption('port', parsed.text('port'), before?.port ?? 5000, 1, 65_535),
    agentPort: numberOption('agent-port', parsed.text('agent-port'), before?.agentPort ?? 5001, 1, 65_535),
    ...databaseSettings(parsed, before),
    publicCidr: cidrOption('public-cidr', 4, parsed.text('public-cidr') ?? before?.publicCidr ?? '172.24.4.1/24'),
    publicCidr6: cidrOption('public-cidr6', 6, parsed.text('public-cidr6') ?? before?.publicCidr6 ?? randomUla()),
    region: parsed.text('region') ?? before?.region ?? 'RegionOne',
    onServerFailure: failureOption(parsed.text('on-server-failure') ?? before?.onServerFailure ?? 'stop'),
    imageFormatCheck: checkOption(parsed.text('image-format-check') ?? before?.imageFormatCheck ?? 'on'),
    imageImportAllow: parsed.text('image-import-allow') ?? before?.imageImportAllow ?? '',
    bridgeMappings: mappingsOption(parsed.text('bridge-mappings') ?? before?.bridgeMappings ?? ''),
    passwordRules: rulesOption(parsed.text('password-rules') ?? before?.passwordRules ?? ''),
    auditKeepDays: numberOption('audit-keep', parsed.text('audit-keep'), before?.auditKeepDays ?? 365, 1, 36_500),
    trustedDashboards: dashboardsOption(parsed.text('trusted-dashboards') ?? before?.trustedDashboards ?? ''),
    passwordSignIn: checkOption(parsed.text('password-sign-in') ?? before?.passwordSignIn ?? 'on', 'password-sign-in'),
    sessionHours: numberOption('session-hours', parsed.text('session-hours'), before?.sessionHours ?? 12, 1, 720),
    trustedProxies: proxiesOption(parsed.text('trusted-proxies') ?? before?.trustedProxies ?? ''),
    projectNetworks: checkOption(
      parsed.text('project-networks') ?? before?.projectNetworks ?? 'on',
      'project-networks',
    ),
    reclaimDeletedAfter: reclaimOption(parsed.text('reclaim-deleted-after'), before?.reclaimDeletedAfter),
    accel: accelOption(parsed.text('accel') ?? before?.accel ?? 'auto'),
  };
}

/** What `up` was told, or null if it never ran here. */
export async function readSettings(paths: Paths): Promise<Settings | null> {
  const text = await readText(paths.config);
  return text === null ? null : (JSON.parse(text) as Settings);
}

export async function saveSettings(paths: Paths, settings: Settings): Promise<void> {
  await writeIfChanged(paths.config, `${JSON.stringify(settings, null, 2)}\n`);
}

/** `http://192.0.2.2:5000`, with brackets around an IPv6 address. */
export function urlOf(settings: Pick<Settings, 'address' | 'port'>): string {
  return `http://${isIP(settings.address) === 6 ? `[${settings.address}]` : settings.address}:${settings.port}`;
}

/** The address by which this machine reaches another one; that of the default route if it cannot be told. */
export async function addressTowards(host: string): Promise<string> {
  const route = isIP(host) === 0 ? null : await tryRun('ip', ['-json', 'route', 'get', host]);
  const [found] = route?.code === 0 ? (JSON.parse(route.stdout) as { prefsrc?: string }[]) : [];
  return found?.prefsrc ?? defaultAddress();
}

export const agentPortOf = ({ agentPort = 5001 }: Settings): number => agentPort;

/** The address of the interface with the default route, or 127.0.0.1. */
async function defaultAddress(): Promise<string> {
  const route = await tryRun('ip', ['-4', 'route', 'show', 'default']);
  const device = /\bdev (\S+)/.exec(route.stdout)?.[1];
  const addresses = device === undefined ? [] : (networkInterfaces()[device] ?? []);
  return addresses.find((one) => one.family === 'IPv4')?.address ?? '127.0.0.1';
}

function addressOption(text: string): string {
  if (isIP(text) !== 0 || /^[a-z0-9][a-z0-9.-]*$/i.test(text)) return text;
  throw new UsageError(`--address '${text}' is neither an IP address nor a name.`, 'Give one without a port.');
}

function cidrOption(name: string, version: 4 | 6, text: string): string {
  const cidr = parseCidr(text);
  const longest = version === 4 ? 28 : 64;
  if (cidr?.version === version && cidr.prefix <= longest && hostAddress(cidr) !== networkOf(cidr)) return text;
  const example = version === 4 ? '172.24.4.1/24' : 'fd12:3456:789a:1::1/64';
  throw new UsageError(
    `--${name} '${text}' is not the address of a host in an IPv${version} network of at least /${longest}.`,
    `Give it like ${example}: the gateway's address and the length of the prefix.`,
  );
}

function failureOption(text: string): 'stop' | 'restart' {
  if (text === 'stop' || text === 'restart') return text;
  throw new UsageError(`--on-server-failure is '${text}'.`, 'Give stop or restart.');
}

/** Seconds, up to a year. Throws a UsageError for anything else. */
export function reclaimOption(text: string | undefined, before = 0): number {
  return numberOption('reclaim-deleted-after', text, before, 0, 365 * 24 * 3600);
}

/** Throws a UsageError for anything but on and off. */
export function checkOption(text: string, name = 'image-format-check'): 'on' | 'off' {
  if (text === 'on' || text === 'off') return text;
  throw new UsageError(`--${name} is '${text}'.`, 'Give on or off.');
}

/** Throws an OperatorError for what is no rule: better now than when the controller starts. */
function rulesOption(text: string): string {
  parsePasswordRules(text);
  return text;
}

/** Throws an OperatorError for what is no address: better now than when the controller starts. */
function proxiesOption(text: string): string {
  parseProxies(text);
  return text;
}

function dashboardsOption(text: string): string {
  const wrong = text.split(',').find((one) => one !== '' && !/^https?:\/\/[^\s]+$/.test(one));
  if (wrong === undefined) return text;
  throw new UsageError(
    `--trusted-dashboards has '${wrong}'.`,
    'Give addresses as those consoles name them: https://horizon.example/auth/websso/',
  );
}

function mappingsOption(text: string): string {
  parseBridgeMappings(text);
  return text;
}

function accelOption(text: string): Settings['accel'] {
  if (text === 'auto' || text === 'kvm' || text === 'tcg') return text;
  throw new UsageError(`--accel is '${text}'.`, 'Give auto, kvm or tcg.');
}

function randomUla(): string {
  const hex = randomBytes(5).toString('hex');
  return `fd${hex.slice(0, 2)}:${hex.slice(2, 6)}:${hex.slice(6, 10)}:4::1/64`.replaceAll(/:0+(?=[0-9a-f])/g, ':');
}
