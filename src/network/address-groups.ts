import { conflict, notFound } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import type { Reader } from '../store/store.ts';
import { formatCidr, parseCidr } from './address.ts';
import { invalidAttribute } from './errors.ts';
import { isSharedWith } from './rbac.ts';

export const addressGroupNotFound = (id: string) =>
  notFound(`Address group ${id} could not be found.`, 'AddressGroupNotFound');

/** Addresses with their prefix lengths, each once. Throws ApiError 400. */
export function parseAddresses(input: readonly string[]): string[] {
  const list = input.map((text) => {
    const cidr = parseCidr(text);
    if (!cidr || !text.includes('/'))
      throw invalidAttribute('addresses', `'${text}' is not a valid IP address or CIDR.`);
    return formatCidr(cidr);
  });
  return [...new Set(list)];
}

/** The addresses with more, or without some: each change must change something. Throws ApiError 404 for what is not there. */
export function changedAddresses(
  before: readonly string[],
  verb: 'add' | 'remove',
  input: readonly string[],
): string[] {
  if (verb === 'add') return [...new Set([...before, ...parseAddresses(input)])];
  // What is no address with its prefix length is in no group.
  const change = input.map((text) => {
    const cidr = text.includes('/') ? parseCidr(text) : null;
    return cidr ? formatCidr(cidr) : text;
  });
  const missing = change.filter((address) => !before.includes(address));
  if (missing.length > 0) {
    throw notFound(`Addresses ${missing.join(', ')} not found in the address group.`, 'AddressesNotFound');
  }
  return before.filter((address) => !change.includes(address));
}

/** The group a rule names, if the caller sees it. Throws ApiError 404. */
export async function addressGroupFor(db: Reader, context: Context, id: string): Promise<string> {
  const row = await db
    .selectFrom('address_groups')
    .select(['id', 'project_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  const seen =
    row && (context.isAdmin || row.project_id === context.projectId || (await isSharedWith(db, context, row.id)));
  if (!seen) throw addressGroupNotFound(id);
  return row.id;
}

/** Throws ApiError 409 as long as a rule names the group. */
export async function checkAddressGroupUnused(db: Reader, id: string): Promise<void> {
  const rule = await db
    .selectFrom('security_group_rules')
    .select('id')
    .where('remote_address_group_id', '=', id)
    .executeTakeFirst();
  if (rule) {
    throw conflict(
      `Address group ${id} is in use on one or more security group rules (${rule.id}).`,
      'AddressGroupInUse',
    );
  }
}
