import { badRequest } from '../core/errors.ts';
import { invalidAttribute } from './errors.ts';
import type { QosKind, QosRulesTable } from './tables.ts';

/** Largest number of Neutron's database columns. */
const LARGEST = 2 ** 31 - 1;
/** Code points that Neutron allows: those with a meaning in RFC 2474, 2597, 3246 and 5865. */
export const DSCP_MARKS = [0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56];

export interface RuleInput {
  max_kbps?: number | undefined;
  max_burst_kbps?: number | undefined;
  min_kbps?: number | undefined;
  dscp_mark?: number | undefined;
  direction?: 'ingress' | 'egress' | undefined;
}

export type RuleValues = Pick<QosRulesTable, 'direction' | 'kbps' | 'burst_kbits' | 'dscp_mark'>;

/** Checks the values of a rule, those of `before` standing for what is not given. Throws ApiError 400. */
export function parseRuleValues(kind: QosKind, input: RuleInput, before: RuleValues | null): RuleValues {
  const direction = input.direction ?? before?.direction ?? 'egress';
  switch (kind) {
    case 'bandwidth_limit': {
      const kbps = within('max_kbps', input.max_kbps ?? before?.kbps, 0);
      const burst = within('max_burst_kbps', input.max_burst_kbps ?? before?.burst_kbits ?? 0, 0);
      return { direction, kbps, burst_kbits: burst, dscp_mark: null };
    }
    case 'minimum_bandwidth': {
      // OVN guarantees a rate to what a port sends; nothing in it could hold back others for what a port receives.
      if (direction === 'ingress') {
        throw badRequest(
          'Rule minimum_bandwidth is not supported for the direction ingress: a minimum can be kept for egress alone.',
          'QosRuleNotSupported',
        );
      }
      return {
        direction,
        kbps: within('min_kbps', input.min_kbps ?? before?.kbps, 0),
        burst_kbits: null,
        dscp_mark: null,
      };
    }
    case 'dscp_marking': {
      const mark = input.dscp_mark ?? before?.dscp_mark ?? null;
      if (mark === null || !DSCP_MARKS.includes(mark)) {
        throw invalidAttribute('dscp_mark', `'${mark ?? ''}' is not in ${JSON.stringify(DSCP_MARKS)}`);
      }
      return { direction: 'egress', kbps: null, burst_kbits: null, dscp_mark: mark };
    }
    default:
      return kind satisfies never;
  }
}

function within(attribute: string, value: number | null | undefined, least: number): number {
  if (value === null || value === undefined) {
    throw badRequest(`Failed to parse request. Required attribute '${attribute}' not specified`, 'HTTPBadRequest');
  }
  if (value < least || value > LARGEST) {
    throw invalidAttribute(attribute, `'${value}' is not in range ${least} through ${LARGEST}.`);
  }
  return value;
}

/** A rule as the API shows it. */
export function renderRule(row: QosRulesTable): Record<string, unknown> {
  switch (row.kind) {
    case 'bandwidth_limit':
      return { id: row.id, max_kbps: row.kbps, max_burst_kbps: row.burst_kbits, direction: row.direction };
    case 'minimum_bandwidth':
      return { id: row.id, min_kbps: row.kbps, direction: row.direction };
    case 'dscp_marking':
      return { id: row.id, dscp_mark: row.dscp_mark };
    default:
      return row.kind satisfies never;
  }
}
