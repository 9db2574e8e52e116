/** What stands in a field between spaces, commas or semicolons. Pure. */
export const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter((one) => one !== '');

/** The version of a text that is an IPv4 or IPv6 address; null when it is none. Pure. */
export function addressVersion(text: string): 4 | 6 | null {
  const address = text.trim();
  const octets = address.split('.');
  if (octets.length === 4 && octets.every((one) => /^\d{1,3}$/.test(one) && Number(one) < 256)) return 4;
  return address.includes(':') && URL.canParse(`http://[${address}]/`) ? 6 : null;
}
export const isAddress = (text: string): boolean => addressVersion(text) !== null;

/** Whether a text is a range of IPv4 or IPv6 addresses: `10.0.0.0/24`, `2001:db8::/64`. Pure. */
export function rangeVersion(text: string): 4 | 6 | null {
  const found = /^([^/]+)\/(\d{1,3})$/.exec(text.trim());
  const [, address = '', length = ''] = found ?? [];
  const bits = Number(length);
  const version = addressVersion(address);
  return version !== null && bits >= 1 && bits <= (version === 4 ? 30 : 126) ? version : null;
}

/** A private range of 254 addresses that none of these is in: 192.168.10.0/24, then .11, and so on. Pure. */
export function freeRange(taken: readonly string[]): string {
  for (let third = 10; third < 255; third++) {
    if (!taken.some((range) => range.startsWith(`192.168.${third}.`))) return `192.168.${third}.0/24`;
  }
  return '10.100.0.0/24';
}
