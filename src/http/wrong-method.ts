import { ApiError, notFound } from '../core/errors.ts';
import type { Service } from './service.ts';

/**
 * What a request gets that no route serves: 405 with `Allow` where its path has other methods and the service says so,
 * else 404. `answer` is asked for each such request; the paths are compiled once. Pure.
 */
export function unserved(services: readonly Service[]): (service: Service | undefined, url: string) => ApiError {
  const known = new Map(
    services
      .filter((service) => service.wrongMethod === 405)
      .map((service) => [service, service.routes.map((route) => pathOf(service, route))]),
  );
  return (service, url) => {
    const path = url.replace(/\?.*$/, '').replace(/(?<=.)\/$/, '');
    const allowed = (service ? (known.get(service) ?? []) : []).filter((route) => route.path.test(path));
    if (allowed.length === 0) return notFound('The resource could not be found.');
    const allow = [...new Set(allowed.map((route) => route.method))].toSorted().join(', ');
    return new ApiError(405, 'MethodNotAllowed', `The method is not allowed for this resource; it takes ${allow}.`, {
      headers: { allow },
    });
  };
}

function pathOf({ prefix }: Service, { path, method }: Service['routes'][number]) {
  const pattern = (prefix + path).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+');
  return { method, path: new RegExp(`^${pattern}$`) };
}
