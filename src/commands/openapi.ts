import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApi } from '../http/openapi.ts';
import type { Service } from '../http/service.ts';
import { EXIT, parseCommand, type CommandSpec } from '../machine/options.ts';

const DIRECTORY = join(import.meta.dirname, '../../docs/openapi');

const SPEC: CommandSpec = {
  name: 'openapi',
  summary: 'The OpenAPI documents of the APIs, generated from their routes.',
  details: 'Without --write: says which checked-in documents are stale, and exits with 1 when one is.',
  options: {
    write: { help: 'write them to docs/openapi/' },
    help: { short: 'h', help: 'print this and do nothing' },
  },
};

/** Checks the documents in docs/openapi/, or writes them. */
export async function openapi(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (!parsed) return EXIT.ok;
  const { services } = await import('../services.ts');
  const stale = staleDocuments(services);
  for (const [name, text] of stale) {
    const path = join(DIRECTORY, name);
    process.stdout.write(`${parsed.is('write') ? 'written' : 'stale'}  docs/openapi/${name}\n`);
    if (!parsed.is('write')) continue;
    mkdirSync(DIRECTORY, { recursive: true });
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
  }
  if (stale.size === 0) process.stdout.write('docs/openapi is up to date\n');
  return stale.size === 0 || parsed.is('write') ? EXIT.ok : EXIT.failed;
}

/** The checked-in documents that are not what the routes say, with the text they should have; null for one too many. */
export function staleDocuments(services: readonly Service[]): Map<string, string | null> {
  const wanted = new Map<string, string | null>();
  for (const service of services) {
    if (service.name === 'openapi') continue;
    wanted.set(`${service.name}.json`, `${JSON.stringify(openApi(service), null, 2)}\n`);
  }
  for (const name of existing()) {
    if (!wanted.has(name)) wanted.set(name, null);
    else if (readFileSync(join(DIRECTORY, name), 'utf8') === wanted.get(name)) wanted.delete(name);
  }
  return wanted;
}

function existing(): string[] {
  try {
    return readdirSync(DIRECTORY).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
