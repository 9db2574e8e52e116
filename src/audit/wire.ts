import { Type, type Static } from 'typebox';
import { badRequest } from '../core/errors.ts';
import { Nullable, Strict } from '../http/schemas.ts';
import { fromJson } from '../store/json.ts';
import type { AuditRow, Wanted } from './store.ts';

/** Most events of one answer, and how many when nobody says. */
const MOST = 1000;
const USUAL = 100;

export const EventsQuery = Strict({
  user_id: Type.Optional(Type.String()),
  project_id: Type.Optional(Type.String()),
  domain_id: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  /** `compute:servers:delete`, or its beginning with a star: `compute:*`. */
  operation: Type.Optional(Type.String()),
  outcome: Type.Optional(Type.Union([Type.Literal('done'), Type.Literal('refused')])),
  request_id: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
  /** Times as ISO 8601 writes them. */
  since: Type.Optional(Type.String()),
  until: Type.Optional(Type.String()),
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,6}$' })),
  /** The id of the last event of the page before. */
  marker: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
});

export type EventsQuery = Static<typeof EventsQuery>;

const Text = Nullable(Type.String());

export const Event = Type.Object({
  id: Type.String(),
  at: Type.String(),
  operation: Type.String(),
  target: Text,
  outcome: Type.Union([Type.Literal('done'), Type.Literal('refused')]),
  status: Nullable(Type.Integer()),
  user_id: Text,
  project_id: Text,
  domain_id: Text,
  delegation: Text,
  address: Text,
  request_id: Type.String(),
  detail: Nullable(Type.Object({})),
});

export const Events = Type.Object({
  events: Type.Array(Event),
  links: Type.Object({ next: Text }),
});

/** What a query asks for. Throws ApiError 400 for a time that is none. */
export function wantedOf(query: EventsQuery): Wanted {
  const { since, until, limit, marker, outcome, ...same } = query;
  return {
    same,
    refused: outcome === undefined ? null : outcome === 'refused',
    since: since === undefined ? null : timeOf('since', since),
    until: until === undefined ? null : timeOf('until', until),
    before: marker === undefined ? null : Number(marker),
    limit: limit === undefined ? USUAL : Math.max(1, Math.min(MOST, Number(limit))),
  };
}

function timeOf(name: string, text: string): number {
  // A time without a zone is meant as UTC, as everywhere in OpenStack.
  const time = Date.parse(/[zZ]$|[+-]\d\d:?\d\d$|^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) throw badRequest(`${name} is '${text}': give a time such as 2026-01-31T12:00:00Z.`);
  return time;
}

/** An event as the API shows it. */
export function renderEvent(row: AuditRow): Static<typeof Event> {
  return {
    id: String(row.id),
    at: new Date(row.at).toISOString(),
    operation: row.operation,
    target: row.target,
    outcome: row.status === null ? 'done' : 'refused',
    status: row.status,
    user_id: row.user_id,
    project_id: row.project_id,
    domain_id: row.domain_id,
    delegation: row.delegation,
    address: row.address,
    request_id: row.request_id,
    detail: row.detail === null ? null : fromJson<object>(row.detail),
  };
}
