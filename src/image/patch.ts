import { badRequest, conflict, forbidden } from '../core/errors.ts';
import { checkName, checkValue, isBase, withField, type Fields } from './fields.ts';
import type { ImageRow } from './wire.ts';

export const PATCH_NEW = 'application/openstack-images-v2.1-json-patch';
export const PATCH_OLD = 'application/openstack-images-v2.0-json-patch';

type Operation = 'add' | 'remove' | 'replace';
const OPERATIONS: readonly Operation[] = ['add', 'remove', 'replace'];

export interface Change {
  operation: Operation;
  name: string;
  value: unknown;
  /** In the older form, adding what is there is a conflict. */
  strict: boolean;
}

/**
 * The changes of a PATCH body: RFC 6902 restricted to single names (`v2.1`), or its draft 4 where the operation is
 * the key of the path (`v2.0`). Throws ApiError 400 and 403.
 * https://docs.openstack.org/glance/latest/contributor/index.html, api-ref "Update image".
 */
export function parsePatch(body: unknown, type: typeof PATCH_NEW | typeof PATCH_OLD): Change[] {
  if (!Array.isArray(body)) throw badRequest('Request body must be a JSON array of operation objects.');
  return body.map((raw: unknown) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      throw badRequest('Operations must be JSON objects.');
    }
    return parseChange(raw as Record<string, unknown>, type === PATCH_OLD);
  });
}

function parseChange(raw: Record<string, unknown>, old: boolean): Change {
  const operation = old ? oldOperation(raw) : newOperation(raw);
  const name = nameOf(old ? raw[operation] : raw.path);
  checkName(name);
  if (operation === 'remove') return { operation, name, value: undefined, strict: old };
  if (!('value' in raw)) throw badRequest(`Operation "${operation}" requires a member named "value".`);
  checkValue(name, raw.value);
  return { operation, name, value: raw.value, strict: old };
}

function newOperation(raw: Record<string, unknown>): Operation {
  const found = OPERATIONS.find((one) => one === raw.op);
  if (!found) {
    throw badRequest(`Invalid operation: ${JSON.stringify(raw.op)}. It must be one of ${OPERATIONS.join(', ')}.`);
  }
  return found;
}

function oldOperation(raw: Record<string, unknown>): Operation {
  const [found, second] = OPERATIONS.filter((one) => one in raw);
  if (!found || second) {
    throw badRequest('Operation objects must contain exactly one member named "add", "remove", or "replace".');
  }
  return found;
}

function nameOf(pointer: unknown): string {
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) {
    throw badRequest(`Pointer ${JSON.stringify(pointer)} does not start with "/".`);
  }
  if (/~([^01]|$)/.test(pointer)) {
    throw badRequest(`Pointer ${pointer} contains "~" that is not part of a recognized escape sequence.`);
  }
  const [first = '', ...more] = pointer.slice(1).split('/');
  const name = first.replaceAll('~1', '/').replaceAll('~0', '~').trim();
  if (name === 'locations') {
    throw forbidden("It's not allowed to add, remove or replace locations: upload the data instead.");
  }
  if (name === '' || more.length > 0) throw badRequest(`Invalid JSON pointer for this resource: '${pointer}'`);
  return name;
}

/** The fields after the changes. Throws ApiError 403 and 409. */
export function applyChanges(before: Fields, changes: readonly Change[], status: ImageRow['status']): Fields {
  let fields = before;
  for (const change of changes) {
    const { operation, name, value } = change;
    const present = isBase(name) || name in fields.properties;
    if (operation !== 'add' && !present) throw conflict(`Property ${name} does not exist.`);
    if (operation === 'add' && present && change.strict) throw conflict(`Property ${name} already present.`);
    if (operation === 'remove' && isBase(name)) throw forbidden(`Property ${name} may not be removed.`);
    if ((name === 'disk_format' || name === 'container_format') && status !== 'queued' && value !== fields[name]) {
      throw forbidden(`Attribute ${name} can be only replaced for a queued image.`);
    }
    fields = withField(fields, name, operation === 'remove' ? null : value);
  }
  return fields;
}
