import { isIP } from 'node:net';
import { join } from 'node:path';
import { IDENTITY_FILES } from '../enrolment/identity-files.ts';
import type { Paths } from './paths.ts';
import { run, tryRun } from './run.ts';
import type { Settings } from './settings.ts';

/** OVN's usual port of the southbound database. */
const PORT = 6642;
const DATABASE = '--db=unix:/var/run/ovn/ovnsb_db.sock';
/** Milliseconds after which a switch that says nothing is asked whether it is there. */
const PROBE = '60000';

/** The southbound database as other machines reach it. */
export function southboundOf({ address }: Pick<Settings, 'address'>): string {
  return `ssl:${isIP(address) === 6 ? `[${address}]` : address}:${PORT}`;
}

/**
 * Opens OVN's southbound database to the switches of other machines: over TLS with the cloud's own authority, each
 * allowed what concerns its own chassis and no more (OVN's role `ovn-controller`, by the certificate's common name).
 * The controller keeps the files; the database reads them again when they change. See ovn-sbctl(8), ovsdb-server(1).
 */
export async function openSouthbound(paths: Paths): Promise<void> {
  const file = (name: string) => join(paths.controller, 'tls', name);
  const files = [file(IDENTITY_FILES.key), file(IDENTITY_FILES.certificate), file(IDENTITY_FILES.authority)];
  const target = `pssl:${PORT}:[::]`;
  const present = await tryRun('ovn-sbctl', [DATABASE, '--timeout=10', 'get-connection']);
  const shown = await tryRun('ovn-sbctl', [DATABASE, '--timeout=10', 'get-ssl']);
  if (present.stdout.includes(target) && files.every((one) => shown.stdout.includes(one))) return;
  await run('ovn-sbctl', [
    ...[DATABASE, '--timeout=20', 'set-ssl', ...files],
    ...['--', `--inactivity-probe=${PROBE}`, 'set-connection', 'role=ovn-controller', target],
  ]);
}

/** OVN forgets the switch of a machine that is no host any more. */
export async function forgetChassis(name: string): Promise<void> {
  await tryRun('ovn-sbctl', [DATABASE, '--timeout=10', '--if-exists', 'chassis-del', name]);
}
