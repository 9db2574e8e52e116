import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { ok, route, type Call, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';

const pad = (number: number) => String(number).padStart(2, '0');
const text = (at: Date) =>
  `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;

/** The calendar month before a moment, which is Nova's period of a usage audit. */
function monthBefore(now: number): { begin: string; end: string } {
  const at = new Date(now);
  const first = (shift: number) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + shift, 1));
  return { begin: text(first(-1)), end: text(first(0)) };
}

/**
 * Nova's hosts write a notification for each server at the end of a period, where that is switched on. Ours keep no
 * such log, and this says so: no host has run it. What was used is in os-simple-tenant-usage.
 */
async function report({ app }: Call, at: number) {
  const hosts = await app.store.read.selectFrom('hosts').select('name').orderBy('name').execute();
  const { begin, end } = monthBefore(at);
  return {
    period_beginning: begin,
    period_ending: end,
    num_hosts: hosts.length,
    num_hosts_done: 0,
    num_hosts_running: 0,
    num_hosts_not_run: hosts.length,
    hosts_not_run: hosts.map(({ name }) => name),
    total_instances: 0,
    total_errors: 0,
    overall_status: `0 of ${hosts.length} hosts done. 0 errors.`,
    log: {},
  };
}

/** https://docs.openstack.org/api-ref/compute/#server-usage-audit-log-os-instance-usage-audit-log */
export const auditLogRoutes: Route[] = [
  route({
    operation: 'instance-usage-audit-log:list',
    method: 'GET',
    path: '/os-instance_usage_audit_log',
    async handler(call) {
      return ok({ instance_usage_audit_logs: await report(call, call.context.now) });
    },
  }),
  route({
    operation: 'instance-usage-audit-log:show',
    method: 'GET',
    path: '/os-instance_usage_audit_log/:before',
    params: Strict({ before: Type.String() }),
    async handler(call) {
      const { before } = call.params;
      const known = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(before);
      const at = known ? Date.parse(`${before.replace(' ', 'T')}Z`) : Number.NaN;
      if (Number.isNaN(at)) throw badRequest(`Invalid timestamp for date ${before}: write it as 2026-01-31 12:00:00.`);
      return ok({ instance_usage_audit_log: await report(call, at) });
    },
  }),
];
