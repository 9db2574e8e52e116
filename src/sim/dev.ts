import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { LocalHost } from '../controller.ts';
import { randomPassword, secret } from '../machine/accounts.ts';
import { withClouds } from '../machine/clouds-yaml.ts';
import type { PasswordRules } from '../http/app.ts';
import { exists, writeIfChanged, writeWhole } from '../machine/files.ts';
import { pathsOf } from '../machine/paths.ts';
import { localHost, simHostName, startSimCloud, type SimCloud } from './cloud.ts';
import { seedFirstServer, seedSimCloud } from './seed.ts';
import { realTime, seededDelays } from './time.ts';

export interface DevOptions {
  stateDir: string;
  port: number;
  /** `postgres://…`; SQLite in the state directory without. */
  database?: string;
  hosts: number;
  /** Of the delays of simulated steps. */
  seed: number;
  /** The longest of them in milliseconds. */
  delay: number;
  /** Whether an image must be what its disk_format says. */
  enforceImageFormat: boolean;
  /** Web servers from which images may be imported though their addresses are internal. */
  imageImportAllow: readonly string[];
  projectNetworks: boolean;
  reclaimDeletedAfter: number;
  passwordRules?: PasswordRules;
  log: Log;
}

export interface DevCloud extends SimCloud {
  cloudsFile: string;
}

const REGION = 'RegionOne';

/** Starts a cloud to develop with, made ready for use; in a state directory that has one, that one goes on. */
export async function startDevCloud(options: DevOptions): Promise<DevCloud> {
  const { port, log } = options;
  const stateDir = resolve(options.stateDir);
  const paths = pathsOf({ state: stateDir });
  if (await exists(paths.config)) {
    throw new OperatorError(
      `${stateDir} belongs to a cloud that 'potluck up' made.`,
      'Give a directory of its own: --state-dir .dev',
    );
  }
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const adminPassword = await secret(paths, 'admin-password');
  const demoPassword = await secret(paths, 'demo-password');
  const hosts: LocalHost[] = [];
  for (let n = 1; n <= options.hosts; n++) {
    const name = simHostName(n);
    const token = await secret(paths, `${name}-token`, () => randomPassword() + randomPassword());
    hosts.push(localHost(await secret(paths, `${name}-id`, randomUUID), name, token));
  }
  const cloud = await startSimCloud({
    ...{ stateDir, port, region: REGION, adminPassword, hosts, log },
    ...(options.database !== undefined && { database: options.database }),
    enforceImageFormat: options.enforceImageFormat,
    imageImportAllow: options.imageImportAllow,
    projectNetworks: options.projectNetworks,
    reclaimDeletedAfter: options.reclaimDeletedAfter,
    ...(options.passwordRules && { passwordRules: options.passwordRules }),
    sim: (number) => ({ time: realTime, delay: seededDelays(options.seed + number, options.delay) }),
  });
  try {
    const marker = join(stateDir, options.database === undefined ? 'seeded' : 'seeded-postgres');
    // What people delete stays deleted.
    if (!(await exists(marker))) {
      const { url } = cloud;
      const seeded = await seedSimCloud({ url, stateDir, adminPassword, demoPassword, hosts: options.hosts });
      await seedFirstServer(seeded);
      await writeWhole(marker, `${new Date().toISOString()}\n`);
    }
    const cloudsFile = join(stateDir, 'clouds.yaml');
    const entry = { authUrl: `${cloud.url}/identity/v3`, region: REGION };
    const clouds = {
      potluck: { ...entry, username: 'admin', password: adminPassword, project: 'admin' },
      'potluck-demo': { ...entry, username: 'demo', password: demoPassword, project: 'demo' },
    };
    await writeIfChanged(cloudsFile, withClouds('', clouds), 0o600);
    return { ...cloud, cloudsFile };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}
