import type { Service } from '../http/service.ts';

/** What of the built console a request is for: a file below `assets/`, or the one page that all of its addresses show. */
export type Wanted = { kind: 'page' } | { kind: 'asset'; name: string };

/** A file name that the build makes: nothing that could lead out of the directory. */
const ASSET = /^\/assets\/([A-Za-z0-9_][A-Za-z0-9._-]*)$/;

/**
 * Which part of the console a request asks for; null when it is for an API. Browsers name `text/html` when a person
 * opens an address; clients of the APIs never do, so `/` is the page for the former and the cloud's index for the latter.
 * What lies below the APIs' own roots is theirs in any case. Pure.
 */
export function wanted(
  request: { method: string; url: string; accept: string | undefined },
  roots: ReadonlySet<string>,
): Wanted | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const path = request.url.replace(/[?#].*$/, '');
  const name = ASSET.exec(path)?.[1];
  if (name !== undefined) return { kind: 'asset', name };
  if (path.startsWith('/assets/') || path === '/assets') return null;
  const root = path.split('/')[1] ?? '';
  if (roots.has(root) || !acceptsHtml(request.accept)) return null;
  return { kind: 'page' };
}

/** Whether `text/html` is named, and not refused (RFC 9110, 12.5.1). */
function acceptsHtml(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((one) => {
    const [type = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    return type === 'text/html' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** The first parts of the paths that APIs have: `compute`, `identity`, … */
export function apiRoots(services: readonly Service[]): Set<string> {
  const paths = services.flatMap((service) => [
    service.prefix,
    ...(service.oldPrefix === undefined ? [] : [service.oldPrefix]),
    ...service.rootRoutes.map((route) => route.path),
  ]);
  const roots = paths.map((path) => path.split('/')[1] ?? '').filter((root) => root !== '');
  return new Set([...roots, 'healthz']);
}

/** Encodings that files were compressed with in advance, the best first; null is none (RFC 9110, 12.5.3). Pure. */
export function encodings(accept: string | undefined): ('br' | 'gzip' | null)[] {
  const offered = (accept ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim());
  const takes = (name: string) =>
    offered.some((one) => one === name || (one.startsWith(`${name};`) && !/;\s*q=0(\.0*)?$/.test(one)));
  return [...(['br', 'gzip'] as const).filter(takes), null];
}
