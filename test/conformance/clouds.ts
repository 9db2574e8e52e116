import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../../src/machine/options.ts';

/** An administrator's account of a cloud. */
export interface Account {
  authUrl: string;
  username: string;
  password: string;
  project: string;
  region: string;
}

interface CloudsFile {
  clouds?: Record<string, { auth?: Record<string, string>; region_name?: string }>;
}

/** Reads an account from a clouds.yaml: the file given, or where openstacksdk looks for it. */
export function readAccount(cloud: string, file: string | undefined): Account {
  const candidates = [
    file ?? process.env['OS_CLIENT_CONFIG_FILE'],
    ...(file === undefined ? ['clouds.yaml', join(homedir(), '.config/openstack/clouds.yaml')] : []),
  ].filter((path) => path !== undefined);
  for (const path of candidates) {
    const content = tryRead(path);
    if (content === null) continue;
    const entry = (parse(content) as CloudsFile | null)?.clouds?.[cloud];
    if (!entry) continue;
    const { auth_url, username, password, project_name } = entry.auth ?? {};
    if (!auth_url || !username || !password || !project_name) {
      throw new UsageError(`The cloud '${cloud}' in ${path} has no password account with a project.`, 'Give another.');
    }
    return { authUrl: auth_url, username, password, project: project_name, region: entry.region_name ?? 'RegionOne' };
  }
  throw new UsageError(
    `There is no cloud '${cloud}' in ${candidates.join(', ')}.`,
    'Give --cloud NAME and --clouds-file FILE of a running cloud, or --dev for one of its own.',
  );
}

function tryRead(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
