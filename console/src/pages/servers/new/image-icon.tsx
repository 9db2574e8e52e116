/** Distributions have colours of their own; all have enough contrast to the white letter. */
const COLORS: Record<string, string> = {
  debian: '#a8123e',
  ubuntu: '#b5400f',
  fedora: '#2a5082',
  almalinux: '#0b5a83',
  rocky: '#0b7054',
  centos: '#7a3a78',
  opensuse: '#3d7317',
  arch: '#0f6a94',
  alpine: '#0d4f6f',
  freebsd: '#8f1d17',
  windows: '#0a5da8',
  'potluck-tiny': '#0a6a5b',
};

/** A disc with the first letter: a picture to find an image by, beside its name. */
export function ImageIcon({ distro, name }: { distro: string; name: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className="size-8 shrink-0">
      <circle cx="16" cy="16" r="16" fill={COLORS[distro] ?? '#5f594f'} />
      <text x="16" y="22" textAnchor="middle" fontSize="16" fontWeight="600" fill="#fff">
        {name.slice(0, 1).toUpperCase()}
      </text>
    </svg>
  );
}
