import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openApi } from '../http/openapi.ts';
import { openApiTypes, openApiTypesIndex } from '../http/openapi-types.ts';
import type { Service } from '../http/service.ts';
import { EXIT, parseCommand, type CommandSpec } from '../machine/options.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = 'docs/openapi';
/** Types of the requests and answers for the web console, made of the documents. */
const TYPES = 'console/src/api/openapi';

const SPEC: CommandSpec = {
  name: 'openapi',
  summary: "The OpenAPI documents of the APIs, and the console's types of them, generated from their routes.",
  details: 'Without --write: says which checked-in files are stale, and exits with 1 when one is.',
  options: {
    write: { help: `write them to ${DOCUMENTS}/ and ${TYPES}/` },
    help: { short: 'h', help: 'print this and do nothing' },
  },
};

/** Checks the documents in docs/openapi/ and the console's types, or writes them. */
export async function openapi(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (!parsed) return EXIT.ok;
  const { services } = await import('../services.ts');
  const stale = staleDocuments(services);
  for (const [name, text] of stale) {
    const path = join(ROOT, name);
    process.stdout.write(`${parsed.is('write') ? 'written' : 'stale'}  ${name}\n`);
    if (!parsed.is('write')) continue;
    mkdirSync(dirname(path), { recursive: true });
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
  }
  if (stale.size === 0) process.stdout.write(`${DOCUMENTS} and ${TYPES} are up to date\n`);
  return stale.size === 0 || parsed.is('write') ? EXIT.ok : EXIT.failed;
}

/**
 * The checked-in files that are not what the routes say, by their paths from the repository's root, with the text they
 * should have; null for one too many.
 */
export function staleDocuments(services: readonly Service[]): Map<string, string | null> {
  const wanted = new Map<string, string | null>();
  const documents = new Map<string, ReturnType<typeof openApi>>();
  for (const service of services) {
    if (service.name === 'openapi') continue;
    const document = openApi(service);
    wanted.set(`${DOCUMENTS}/${service.name}.json`, `${JSON.stringify(document, null, 2)}\n`);
    // Hosts speak to the agents' service, people do not.
    if (service.name === 'agent') continue;
    wanted.set(`${TYPES}/${service.name}.ts`, openApiTypes(service.name, document));
    documents.set(service.name, document);
  }
  wanted.set(`${TYPES}/index.ts`, openApiTypesIndex(documents));
  for (const name of [...existing(DOCUMENTS), ...existing(TYPES)]) {
    if (!wanted.has(name)) wanted.set(name, null);
    else if (readFileSync(join(ROOT, name), 'utf8') === wanted.get(name)) wanted.delete(name);
  }
  return wanted;
}

function existing(directory: string): string[] {
  try {
    return readdirSync(join(ROOT, directory)).map((name) => `${directory}/${name}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
