import { ApiError } from '../../core/errors.ts';

export const MISCONFIGURED = 'FederationMisconfigured';

/** What an operator has to mend in how a provider is set up: it goes to the log with the request's id. */
export const misconfigured = (what: string, cause?: unknown): ApiError =>
  new ApiError(502, MISCONFIGURED, `This identity provider is not set up well: ${what}.`, { cause });
