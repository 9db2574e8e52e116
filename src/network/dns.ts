import { invalidAttribute } from './errors.ts';

/** What Neutron calls the domain of a cloud that has none of its own. */
export const DEFAULT_DOMAIN = 'openstacklocal.';
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;
const LONGEST_NAME = 255;

/** A domain as Neutron takes it: labels of RFC 1123, with or without the last dot; empty for none. Throws 400. */
export function parseDomain(text: string): string {
  return parseName('dns_domain', text);
}

/** A host's name: one label, or a full name. Throws ApiError 400. */
export function parseHostName(text: string): string {
  return parseName('dns_name', text);
}

function parseName(attribute: string, text: string): string {
  if (text === '') return '';
  const name = text.toLowerCase();
  const labels = name.replace(/\.$/, '').split('.');
  const wrong = labels.find((label) => !LABEL.test(label));
  if (wrong !== undefined || name.length > LONGEST_NAME) {
    throw invalidAttribute(attribute, `'${text}' not a valid PQDN or FQDN. Reason: '${wrong ?? text}' is no label.`);
  }
  if (name.endsWith('.') && labels.length < 2) {
    throw invalidAttribute(attribute, `'${text}' not a valid PQDN or FQDN. Reason: it has one label only.`);
  }
  const last = labels.at(-1) ?? '';
  if (labels.length > 1 && /^\d+$/.test(last)) {
    throw invalidAttribute(
      attribute,
      `'${text}' not a valid PQDN or FQDN. Reason: TLD '${last}' must not be all numeric.`,
    );
  }
  return name;
}

export interface Assignment {
  hostname: string;
  ip_address: string;
  fqdn: string;
}

/** The name of each address of a port: its own, or one made from the address when it has none. */
export function assignments(
  port: { dns_name: string; dns_domain?: string },
  domain: string,
  addresses: readonly string[],
): Assignment[] {
  const base = port.dns_domain === undefined || port.dns_domain === '' ? domain : port.dns_domain;
  return addresses.map((address) => {
    const own = port.dns_name;
    const hostname = own === '' ? `host-${address.replace(/[.:]+/g, '-').replace(/^-|-$/g, '')}` : own;
    return { hostname, ip_address: address, fqdn: fullName(hostname, base) };
  });
}

/** A name within a domain; a name that is full already stays what it is. */
export function fullName(name: string, domain: string): string {
  if (name.endsWith('.')) return name;
  const base = domain === '' ? DEFAULT_DOMAIN : domain;
  return `${name}.${base.replace(/\.$/, '')}.`;
}
