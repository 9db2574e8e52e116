/** The formats that servers of this cloud start from, or that it turns into one. */
export const FORMATS = ['qcow2', 'raw', 'iso', 'vmdk', 'vdi', 'vhd', 'vhdx'] as const;
export type Format = (typeof FORMATS)[number];

/** How many bytes of the beginning `formatOf` looks at. */
export const HEAD = 32_774;

const MAGIC: readonly [Format | 'compressed', number, string][] = [
  ['qcow2', 0, 'QFI\xfb'],
  ['vmdk', 0, 'KDMV'],
  ['vmdk', 0, '# Disk DescriptorFile'],
  ['vhdx', 0, 'vhdxfile'],
  ['vhd', 0, 'conectix'],
  ['vdi', 64, '\x7f\x10\xda\xbe'],
  ['iso', 32_769, 'CD001'],
  ['compressed', 0, '\x1f\x8b'],
  ['compressed', 0, '\xfd7zXZ'],
  ['compressed', 0, 'BZh'],
  ['compressed', 0, 'PK\x03\x04'],
  ['compressed', 0, '\x28\xb5\x2f\xfd'],
];

/**
 * The format of a disk image by its first bytes (https://gitlab.com/qemu-project/qemu/-/tree/master/block); `compressed` for an
 * archive, which has to be unpacked first; what has no mark is raw. Pure.
 */
export function formatOf(head: Uint8Array): Format | 'compressed' {
  const found = MAGIC.find(([, at, mark]) =>
    Array.from(mark).every((letter, index) => head[at + index] === letter.charCodeAt(0)),
  );
  return found?.[0] ?? 'raw';
}

const EXTENSIONS: Record<string, Format> = {
  img: 'qcow2',
  qcow2: 'qcow2',
  raw: 'raw',
  iso: 'iso',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhd: 'vhd',
  vhdx: 'vhdx',
};

/** The format that the name of a file or the path of an address speaks of; clouds' `.img` are qcow2. Pure. */
export function formatByName(name: string): Format | null {
  const path = URL.canParse(name) ? new URL(name).pathname : name;
  return EXTENSIONS[/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''] ?? null;
}

/** A name for an image by its file's: `debian-13-generic-amd64.qcow2` is `debian-13-generic-amd64`. Pure. */
export function nameByFile(name: string): string {
  const path = URL.canParse(name) ? new URL(name).pathname : name;
  return (path.split('/').at(-1) ?? '').replace(/\.(img|qcow2|raw|iso|vmdk|vdi|vhdx?)$/i, '');
}

/** Whether an address can be fetched from: HTTP or HTTPS. Pure. */
export const isWebAddress = (text: string): boolean =>
  URL.canParse(text.trim()) && /^https?:$/.test(new URL(text.trim()).protocol);
