import { Readable } from 'node:stream';
import type { TSchema } from 'typebox';
import type { Reply, Route } from './route.ts';
import type { Service } from './service.ts';
import { compileSchema } from './validators.ts';

/**
 * The same services, of which every answer is compared with the schema that its route documents: for tests, so that no
 * document says what is not so. A member that the schema does not name is a misfit too. `tell` hears of each, once an answer.
 */
export function withCheckedAnswers(services: readonly Service[], tell: (misfit: string) => void): Service[] {
  const checked = (service: Service) => (route: Route) => {
    if (route.response === undefined) return route;
    const fits = compileSchema(closed(route.response) as TSchema);
    const handler: Route['handler'] = async (call) => {
      const reply = await route.handler(call);
      if (hasJson(reply) && !fits(JSON.parse(JSON.stringify(reply.body)))) {
        const why = fits.errors?.map(
          (one) => `${one.instancePath || '/'} ${one.message ?? ''} ${JSON.stringify(one.params)}`,
        );
        tell(`${service.name}:${route.operation} answers otherwise than its response schema says: ${why?.join('; ')}`);
      }
      return reply;
    };
    return { ...route, handler };
  };
  return services.map((service) => ({
    ...service,
    routes: service.routes.map(checked(service)),
    rootRoutes: service.rootRoutes.map(checked(service)),
  }));
}

const hasJson = ({ status, body }: Reply) =>
  status < 300 && body !== null && typeof body === 'object' && !Buffer.isBuffer(body) && !(body instanceof Readable);

/** A schema whose objects take no members but those they name, where it does not say itself what others may be. Pure. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]));
  const names = typeof schema.properties === 'object' && schema.properties !== null ? schema.properties : {};
  const open = 'additionalProperties' in schema || Object.keys(names).length === 0;
  return schema.type === 'object' && !open ? { ...schema, additionalProperties: false } : schema;
}
