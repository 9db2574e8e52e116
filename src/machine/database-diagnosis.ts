import { isoSeconds } from '../core/clock.ts';
import { migrations } from '../store/migrations/index.ts';
import type { CloudFacts, DatabaseFacts, HostFacts } from './database-facts.ts';
import { bad, good, warning, type Finding } from './finding.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** SQLite cuts its log back to 64 MiB whenever all of it is in the database: more means that something keeps it. */
const WAL_WARNING = 256 * MIB;
const WAL_BAD = 1 * GIB;
/** A night without a backup is no reason to worry, two are. */
const BACKUP_AGE = 2 * DAY;
/** Agents renew theirs ten days before the end. */
export const CERTIFICATE_LEFT = 7 * DAY;
/** As schedulers see it, in milliseconds. */
const SILENT = 60_000;
/** A lease lives for five seconds and passes to another controller two later. */
const LEASE_OVERDUE = 15_000;
/** Seconds. */
const LONG_TRANSACTION = 3_600;

/** What is to be said of what the database says. `now` in milliseconds since 1970. Pure. */
export function judgeDatabase(facts: DatabaseFacts, now: number): Finding[] {
  const { cloud } = facts;
  return [
    ...judgeSchema(facts),
    ...judgeSize(facts),
    ...(cloud === null
      ? []
      : [
          judgeBackup(cloud, now),
          ...cloud.hosts.flatMap((host) => judgeHost(host, now)),
          ...judgeKept(cloud),
          ...judgeLeftovers(cloud),
          ...(facts.kind === 'sqlite' ? [] : [judgeLeases(cloud, now)]),
        ]),
  ];
}

function judgeSchema({ migrations: applied, shown }: DatabaseFacts): Finding[] {
  const newer = applied.filter((name) => !migrations.some((step) => step.name === name));
  if (newer.length > 0) {
    const mend = 'Bring this machine to the newer release: git pull, then potluck up. See docs/operate/upgrade.md';
    return [bad('database', `${shown} was written by a newer release (it knows ${newer.join(', ')})`, mend)];
  }
  const missing = migrations.length - applied.length;
  if (missing === 0) return [];
  const mend = 'A controller of this release makes them when it starts: potluck up. See docs/operate/upgrade.md';
  return [warning('database', `${missing} steps of its schema are still to be made`, mend)];
}

function judgeSize({ kind, bytes, walBytes, longestTransaction }: DatabaseFacts): Finding[] {
  const words = `${mib(bytes)}, and ${mib(walBytes)} of write-ahead log`;
  const mend =
    kind === 'sqlite'
      ? 'Something has had the database open for long (a backup, sqlite3?): end that, or: potluck down; potluck up'
      : 'A replication slot that nobody reads keeps it: select * from pg_replication_slots. Drop the slot, or mend its reader.';
  const what = 'database';
  return [
    walBytes > WAL_BAD
      ? bad(what, `${words}, which grows until the disk is full`, mend)
      : walBytes > WAL_WARNING
        ? warning(what, words, mend)
        : good(what, kind === 'sqlite' ? words : mib(bytes)),
    ...(longestTransaction !== null && longestTransaction > LONG_TRANSACTION
      ? [
          warning(
            what,
            `a transaction has been open for ${Math.floor(longestTransaction / 60)} minutes: nothing is tidied up behind it`,
            'Whose: select pid, application_name, query from pg_stat_activity order by xact_start. End it: pg_terminate_backend(pid)',
          ),
        ]
      : []),
  ];
}

function judgeBackup({ backup }: CloudFacts, now: number): Finding {
  const mend = 'Take one: potluck backup DIR, each night by cron. See docs/operate/backup.md';
  if (backup === null) return warning('backup', 'there is none that `potluck backup` took', mend);
  const words = `the last one is of ${isoSeconds(backup.at)}, ${backup.path} on ${backup.machine}`;
  return now - backup.at > BACKUP_AGE
    ? warning('backup', `${words}: ${ago(now - backup.at)} old`, mend)
    : good('backup', words);
}

function judgeHost({ name, enabled, lastSeen, servers, notAfter }: HostFacts, now: number): Finding[] {
  const what = `host ${name}`;
  const count = servers === 1 ? '1 server' : `${servers} servers`;
  const silent = lastSeen === null || now - lastSeen > SILENT;
  const words = lastSeen === null ? 'never reported' : `has not reported for ${ago(now - lastSeen)}`;
  const mend = 'Is the machine on, and does it reach this one? On it: potluck doctor. See docs/operate/hosts.md';
  const left = notAfter === null ? Infinity : notAfter - now;
  return [
    !silent
      ? good(what, `reports, with ${count}`)
      : servers > 0
        ? bad(what, `${words}, and has ${count}`, mend)
        : enabled
          ? // A machine that is off saves electricity.
            warning(what, `${words}; nothing is on it`, 'Switch it on, or turn it out: potluck host remove')
          : good(what, `${words}; it is disabled and empty`),
    ...(left < CERTIFICATE_LEFT
      ? [
          warning(
            what,
            left > 0 ? `its certificate ends in ${ago(left)}, and was not renewed` : 'its certificate has ended',
            'It renews it by itself when it is on; why it did not: potluck logs agent, there. See docs/operate/hosts.md',
          ),
        ]
      : []),
  ];
}

/** Things of a deleted project that are named before the rest is left to a number. */
const NAMED = 10;

function judgeLeftovers({ leftovers }: CloudFacts): Finding[] {
  return [...Map.groupBy(leftovers, ({ project }) => project)].map(([project, things]) => {
    const named = things.slice(0, NAMED).map(({ kind, id }) => `${kind} ${id}`);
    const more = things.length > NAMED ? ` and ${things.length - NAMED} more` : '';
    const mend = `An administrator deletes each: openstack ${things[0]?.kind} delete ID. See docs/operate/deleted-projects.md`;
    return warning('project', `${project} is deleted and has left behind: ${named.join(', ')}${more}`, mend);
  });
}

function judgeKept({ hosts, strayVolumes }: CloudFacts): Finding[] {
  const servers = hosts.reduce((sum, host) => sum + host.kept, 0);
  if (servers + strayVolumes === 0) return [];
  const words = `hosts keep ${servers} servers and ${strayVolumes} volumes that a restore knew nothing of`;
  return [warning('restore', words, 'Adopt or forget each: potluck host kept. See docs/operate/backup.md')];
}

function judgeLeases({ leases }: CloudFacts, now: number): Finding {
  const overdue = leases.filter(({ deadline }) => now - deadline > LEASE_OVERDUE);
  if (leases.length > 0 && overdue.length === 0) return good('leases', `all ${leases.length} are held by a controller`);
  const words =
    leases.length === 0
      ? 'no controller has ever taken one'
      : `nobody holds ${overdue.map(({ name }) => name).join(', ')}`;
  const mend = 'Does a controller run, and is its clock right? See docs/operate/several-controllers.md';
  return bad('leases', words, mend);
}

const mib = (bytes: number) => `${Math.ceil(bytes / MIB)} MiB`;

function ago(milliseconds: number): string {
  if (milliseconds < 2 * HOUR) return `${Math.max(1, Math.round(milliseconds / 60_000))} minutes`;
  return milliseconds < 2 * DAY ? `${Math.round(milliseconds / HOUR)} hours` : `${Math.round(milliseconds / DAY)} days`;
}
