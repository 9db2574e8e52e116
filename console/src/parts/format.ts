/** Formatters take a hundred times as long to make as to use: each is made once for a locale. */
function perLocale<T>(make: (locale: string) => T): (locale: string) => T {
  const made = new Map<string, T>();
  return (locale) => {
    const known = made.get(locale);
    if (known !== undefined) return known;
    const one = make(locale);
    made.set(locale, one);
    return one;
  };
}

const whole = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const tenths = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
const moments = perLocale((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }));
const relative = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));

/** Bytes in words of the locale, with binary units as clouds count: `512 MiB`, `1,5 Gio`. Pure. */
export function bytesText(bytes: number, locale: string, units: readonly string[]): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** step;
  const number = step > 0 && value < 10 ? tenths(locale) : whole(locale);
  return `${number.format(value)} ${units[step] ?? ''}`;
}

/** A moment as people of the locale write it, to the minute. Pure. */
export function dateText(date: Date, locale: string): string {
  return moments(locale).format(date);
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago, in the largest unit that fits: `3 hours ago`; less than a minute is `now`. Pure. */
export function agoText(date: Date, now: Date, locale: string): string {
  const seconds = (now.getTime() - date.getTime()) / 1000;
  const format = relative(locale);
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return format.format(-Math.round(seconds / size), unit);
  return format.format(0, 'second');
}

/** A length of time in its two largest units: `2 h 5 min`. Pure. */
export function durationText(milliseconds: number, locale: string): string {
  const all = Math.max(0, Math.round(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(all / 86_400), 'day'],
    [Math.floor(all / 3600) % 24, 'hour'],
    [Math.floor(all / 60) % 60, 'minute'],
    [all % 60, 'second'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first === -1 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown
    .map(([count, unit]) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count))
    .join(' ');
}

/** When an API says it: with or without a time zone, which then is UTC. Pure. */
export function parseTime(text: string): Date {
  return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

/** The name of a thing, or the beginning of its id when nobody named it. Pure. */
export function nameOf({ name, id }: { name: string | null; id: string }): string {
  return name === null || name === '' ? id.slice(0, 8) : name;
}

/** The name of one of a list by its id; the beginning of the id when it is not there (any more). Pure. */
export function nameIn(list: readonly { id: string; name: string | null }[] | undefined, id: string): string {
  return nameOf(list?.find((one) => one.id === id) ?? { id, name: null });
}
