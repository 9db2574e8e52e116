/** The link-local IPv6 address that a guest gives itself from its MAC (RFC 4291, appendix A). */
export function linkLocal(mac: string): string {
  const bytes = mac.split(':').map((byte) => parseInt(byte, 16));
  const [first = 0, second = 0, third = 0, ...rest] = bytes;
  const all = [first ^ 2, second, third, 0xff, 0xfe, ...rest];
  const groups = [0, 2, 4, 6].map((i) => (((all[i] ?? 0) << 8) | (all[i + 1] ?? 0)).toString(16));
  return `fe80::${groups.join(':')}`;
}
