import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, badRequest } from '../core/errors.ts';

/** A microversion such as 2.79. */
export interface Version {
  major: number;
  minor: number;
}

export const NO_VERSION: Version = { major: 0, minor: 0 };

/** What a service offers: the name used in the header, and the span. */
export interface VersionSpan {
  type: string;
  /** Older header names of the service, in lower case, that carry only the number. */
  legacyHeaders: readonly string[];
  min: Version;
  max: Version;
}

export const versionText = (version: Version) => `${version.major}.${version.minor}`;

/** Whether `version` is at least `major.minor`, written as `2.79`. */
export function atLeast(version: Version, wanted: `${number}.${number}`): boolean {
  const [major = 0, minor = 0] = wanted.split('.').map(Number);
  return version.major > major || (version.major === major && version.minor >= minor);
}

/**
 * The microversion a request asks for: `OpenStack-API-Version: compute 2.79`, or an older header, or the lowest.
 * Throws ApiError 400 for a malformed one and 406 outside of the span
 * (https://specs.openstack.org/openstack/api-sig/guidelines/microversion_specification.html).
 */
export function negotiate(headers: IncomingHttpHeaders, span: VersionSpan): Version {
  const asked = askedFor(headers, span);
  if (asked === null) return span.min;
  if (asked === 'latest') return span.max;
  const match = /^([1-9]\d*)\.(0|[1-9]\d*)$/.exec(asked);
  if (!match) {
    throw badRequest(
      `API Version String ${asked} is of invalid format. It must be of format MajorNum.MinorNum.`,
      'InvalidAPIVersionString',
    );
  }
  const version = { major: Number(match[1]), minor: Number(match[2]) };
  if (!atLeast(version, versionText(span.min) as '2.1') || !atLeast(span.max, versionText(version) as '2.1')) {
    throw new ApiError(
      406,
      'VersionNotFoundForAPIMethod',
      `Version ${asked} is not supported by the API. Minimum is ${versionText(span.min)} and maximum is ${versionText(span.max)}.`,
    );
  }
  return version;
}

function askedFor(headers: IncomingHttpHeaders, span: VersionSpan): string | null {
  const header = headers['openstack-api-version'];
  for (const part of (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',')) {
    const [type, version] = part.trim().split(/\s+/);
    if (type === span.type && version) return version;
  }
  for (const name of span.legacyHeaders) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value.trim();
  }
  return null;
}

/** The headers that tell the client which version was used. */
export function versionHeaders(version: Version, span: VersionSpan): Record<string, string> {
  const headers: Record<string, string> = {
    'openstack-api-version': `${span.type} ${versionText(version)}`,
    vary: ['OpenStack-API-Version', ...span.legacyHeaders].join(', '),
  };
  for (const name of span.legacyHeaders) headers[name] = versionText(version);
  return headers;
}
