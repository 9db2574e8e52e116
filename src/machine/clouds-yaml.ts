import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Document, isMap, parseDocument, type Node } from 'yaml';
import { OperatorError } from '../core/errors.ts';
import { exists, readText, writeWhole } from './files.ts';
import { giveTo, type Person } from './people.ts';

/** How one account reaches the cloud. */
export interface CloudEntry {
  authUrl: string;
  region: string;
  username: string;
  password: string;
  project: string;
}

const cloudsFile = (person: Person) => join(person.home, '.config', 'openstack', 'clouds.yaml');

/** Writes these clouds into a person's clouds.yaml; everything else in it stays, comments too. */
export async function writeClouds(person: Person, clouds: Record<string, CloudEntry>): Promise<void> {
  const path = cloudsFile(person);
  const before = await readText(path);
  const after = withClouds(before ?? '', clouds, path);
  const directory = dirname(path);
  const made = [dirname(directory), directory];
  const fresh = await Promise.all(made.map(async (one) => !(await exists(one))));
  await mkdir(directory, { recursive: true });
  if (after !== before) await writeWhole(path, after, 0o600);
  await giveTo(person, path, ...made.filter((_, at) => fresh[at] === true));
}

/** Takes clouds out of a person's clouds.yaml, and the file itself when nothing is left in it. */
export async function removeClouds(person: Person, names: readonly string[]): Promise<void> {
  const path = cloudsFile(person);
  const before = await readText(path);
  if (before === null) return;
  const after = withoutClouds(before, names, path);
  if (after === null) {
    await rm(path, { force: true });
    // Its directory too, if nothing else is in it.
    await rmdir(dirname(path)).catch(() => undefined);
    return;
  }
  if (after === before) return;
  await writeWhole(path, after, 0o600);
  await giveTo(person, path);
}

/** The text of a clouds.yaml with these entries set. See openstacksdk's "Configuration" page for the keys. Pure. */
export function withClouds(text: string, clouds: Record<string, CloudEntry>, name = 'clouds.yaml'): string {
  const document = read(text, name);
  for (const [cloud, entry] of Object.entries(clouds)) {
    const wanted = {
      auth: {
        auth_url: entry.authUrl,
        username: entry.username,
        password: entry.password,
        project_name: entry.project,
        user_domain_id: 'default',
        project_domain_id: 'default',
      },
      region_name: entry.region,
      identity_api_version: 3,
    };
    const present: unknown = isMap(document.contents) ? document.toJS().clouds?.[cloud] : undefined;
    if (JSON.stringify(present) !== JSON.stringify(wanted)) {
      document.setIn(['clouds', cloud], document.createNode(wanted));
    }
  }
  return document.toString();
}

/** The text without these entries; null if nothing is left in it. Pure. */
export function withoutClouds(text: string, names: readonly string[], name = 'clouds.yaml'): string | null {
  const document = read(text, name);
  for (const cloud of names) if (document.hasIn(['clouds', cloud])) document.deleteIn(['clouds', cloud]);
  const left = document.toJS() as Record<string, unknown>;
  const clouds = left['clouds'];
  const noClouds = clouds === null || (typeof clouds === 'object' && Object.keys(clouds).length === 0);
  return noClouds && Object.keys(left).length === 1 ? null : document.toString();
}

function read(text: string, name: string): Document<Node> {
  const document = parseDocument(text);
  const right = document.contents === null || isMap(document.contents);
  if (document.errors.length > 0 || !right) {
    throw new OperatorError(
      `${name} is not readable as YAML: ${document.errors[0]?.message ?? 'it is not a mapping'}`,
      'Mend it, or move it away, then run this again; nothing in it was changed.',
    );
  }
  if (document.contents === null) return new Document({ clouds: {} });
  if (!isMap(document.get('clouds'))) document.set('clouds', document.createNode({}));
  return document as Document<Node>;
}
