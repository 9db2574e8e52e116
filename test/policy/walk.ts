import type { TestContext } from 'node:test';
import { sql } from 'kysely';
import type { Route } from '../../src/http/route.ts';
import type { Service } from '../../src/http/service.ts';
import { ruleOf } from '../../src/policy/policy.ts';
import type { Rule } from '../../src/policy/rules.ts';
import { services } from '../../src/services.ts';
import { PERSONAS, type Persona } from './personas.ts';
import { sample } from './sample.ts';
import type { Case, Things } from './things/case.ts';
import { computeThings } from './things/compute.ts';
import { enrolmentThings } from './things/enrolment.ts';
import { identityThings } from './things/identity.ts';
import { imageThings } from './things/image.ts';
import { networkThings } from './things/network.ts';
import { placementThings } from './things/placement.ts';
import { sessionThings } from './things/session.ts';
import { volumeThings } from './things/volume.ts';
import { makeWorld, type World } from './world.ts';

/** One operation of the router, or one of the actions behind one. */
export interface Operation {
  service: Service;
  route: Route;
  /** `servers:reboot`. */
  name: string;
  rule: Rule;
  path: string;
}

/** What one successful request left behind. */
export interface Audited {
  persona: Persona;
  /** Rows of the audit trail: of which operation, and whether nothing was said to have changed. */
  rows: { operation: string; unchanged: boolean }[];
  /** Rows of all tables that were written, the trail's included. */
  written: number;
}

export interface Walked {
  operation: Operation;
  given: Case;
  statuses: Record<Persona, number>;
  /** What those who might have left in the audit trail. */
  audited: Audited[];
  answers: Partial<Record<Persona, unknown>>;
}

/** Every operation that is served: HEAD is GET without a body, and asked for with it. */
export const operations: readonly Operation[] = services.flatMap((service) => {
  const at = (route: Route, path: string) =>
    (route.actions ?? [route.operation]).map((name) => ({ service, route, name, rule: ruleOf(service, name), path }));
  return [
    ...service.rootRoutes.flatMap((route) => at(route, route.path)),
    ...service.routes.flatMap((route) => at(route, service.prefix + route.path)),
  ].filter(({ route }) => route.method !== 'HEAD');
});

/** What belongs to no service's things. */
const OWN: Record<string, Things> = {
  audit: { params: { event_id: '1' }, cases: {} },
  events: { params: {}, cases: { 'events:stream': { query: 'once=true' } } },
  operations: { params: {}, cases: { 'placement:show': { query: 'flavor=1' } } },
  openapi: { params: { file: 'compute.json' }, cases: {} },
  agent: {
    params: {},
    cases: {
      report: { answers: { status: 400, why: 'a report of nothing: src/compute/requests.test.ts' } },
      image: { answers: { status: 404, why: 'no server of the host needs it' } },
      'image-data': { answers: { status: 404, why: 'none is asked for' } },
      'guest-password:show': { answers: { status: 404, why: 'it is no server of the host' } },
      'guest-password:set': { answers: { status: 404, why: 'it is no server of the host' } },
    },
  },
};

const MAKERS = {
  identity: identityThings,
  network: networkThings,
  image: imageThings,
  compute: computeThings,
  volume: volumeThings,
  placement: placementThings,
  enrolment: enrolmentThings,
  session: sessionThings,
};

/** The things of all services, by the service's name. */
export async function makeThings(world: World): Promise<Record<string, Things>> {
  const things: Record<string, Things> = { ...OWN };
  for (const [name, maker] of Object.entries(MAKERS)) things[name] = await maker(world, Object.values(things));
  return things;
}

/** Asks for one operation as every persona, each in the world as it was. */
export async function walk(world: World, things: Things | undefined, operation: Operation): Promise<Walked> {
  const given = things?.cases[operation.name] ?? {};
  const body = 'body' in given ? given.body : bodyOf(operation);
  const url = pathOf(operation, given.params ?? {}, things?.params ?? {}) + (given.query ? `?${given.query}` : '');
  const statuses = {} as Record<Persona, number>;
  const answers: Walked['answers'] = {};
  const audited: Audited[] = [];
  const db = world.cloud.app.store.read;
  const trail = () => db.selectFrom('audit').select(['operation', 'detail']).orderBy('id').execute();
  const writes = async () => (await sql<{ n: number }>`select total_changes() as n`.execute(db)).rows[0]?.n ?? 0;
  await world.rehearse(async () => {
    await given.before?.();
    const before = (await trail()).length;
    for (const persona of PERSONAS) {
      await world.rehearse(async () => {
        const as = operation.rule === 'agent' && persona === 'admin' ? 'host' : persona;
        const written = await writes();
        const { status, body: answer } = await world.ask(as, operation.route.method, url, body, given.headers);
        statuses[persona] = status;
        answers[persona] = answer;
        if (status >= 400) return;
        const rows = (await trail()).slice(before);
        audited.push({
          persona,
          rows: rows.map((row) => ({ operation: row.operation, unchanged: row.detail === '{"unchanged":true}' })),
          written: (await writes()) - written,
        });
      });
    }
  });
  return { operation, given, statuses, audited, answers };
}

function bodyOf({ route, name }: Operation): unknown {
  if (route.method === 'GET') return undefined;
  // An action without a case: by its name alone.
  if (route.actions) return { [name.slice(name.indexOf(':') + 1)]: null };
  return route.body === undefined ? undefined : sample(JSON.parse(JSON.stringify(route.body)) as object);
}

/** The path with parameters filled in: `networks/:id` before `:id` alone; what there is none of is asked for as it is. */
function pathOf({ path }: Operation, own: Record<string, string>, params: Record<string, string>): string {
  const parts = path.split('/');
  return parts
    .map((part, index) => {
      if (part === '*') return own[part] ?? part;
      if (!part.startsWith(':')) return part;
      const name = part.slice(1);
      return encodeURIComponent(own[name] ?? params[`${parts[index - 1] ?? ''}/${part}`] ?? params[name] ?? 'none');
    })
    .join('/');
}

/** Every operation as everybody, by the service's name. */
export async function walkAll(t: Pick<TestContext, 'after'>): Promise<Map<string, Walked[]>> {
  const world = await makeWorld(t);
  const things = await makeThings(world);
  const walked = new Map<string, Walked[]>();
  for (const operation of operations) {
    const { name } = operation.service;
    walked.set(name, [...(walked.get(name) ?? []), await walk(world, things[name], operation)]);
  }
  return walked;
}
