import { Type } from 'typebox';
import { notFound } from '../core/errors.ts';
import { openApiPolicy } from '../policy/own.ts';
import { placementFault } from './faults.ts';
import { openApi } from './openapi.ts';
import { ok, route } from './route.ts';
import type { Service } from './service.ts';

/** Serves the OpenAPI documents of the given services: an index at `/openapi`, each at `/openapi/NAME.json`. */
export function openApiService(services: readonly Service[]): Service {
  const named = new Map(services.map((service) => [`${service.name}.json`, service]));
  return {
    name: 'openapi',
    prefix: '/openapi',
    rootRoutes: [],
    policy: openApiPolicy,
    fault: placementFault,
    versions: null,
    routes: [
      route({
        operation: 'documents:list',
        method: 'GET',
        path: '',
        handler: async ({ app }) =>
          ok({
            documents: services.map(({ name, prefix }) => ({
              name,
              prefix,
              href: `${app.config.publicUrl}/openapi/${name}.json`,
            })),
          }),
      }),
      route({
        operation: 'documents:show',
        method: 'GET',
        path: '/:file',
        params: Type.Object({ file: Type.String() }),
        async handler({ app, params }) {
          const service = named.get(params.file);
          if (!service) throw notFound(`There is no document ${params.file}: see ${app.config.publicUrl}/openapi.`);
          return ok(openApi(service, { serverUrl: app.config.publicUrl }));
        },
      }),
    ],
  };
}
