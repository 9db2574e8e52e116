import { useEffect, useState } from 'react';
import { useLocale, useText } from '../text/index.tsx';
import { agoText, bytesText, dateText, durationText, parseTime } from './format.ts';

/** A number of bytes. */
export function Bytes({ bytes }: { bytes: number }) {
  return <span className="whitespace-nowrap tabular-nums">{useBytes()(bytes)}</span>;
}

/** For where only text can be: labels, options. */
export function useBytes(): (bytes: number) => string {
  const locale = useLocale();
  const { units } = useText().common;
  return (bytes) => bytesText(bytes, locale, units);
}

export function useNumber(): (value: number) => string {
  const locale = useLocale();
  return (value) => new Intl.NumberFormat(locale).format(value);
}

/** A moment, as an API wrote it: how long ago, with the date on hover and for assistive technology. */
export function Ago({ at }: { at: string }) {
  const locale = useLocale();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const date = parseTime(at);
  return (
    <time dateTime={date.toISOString()} title={dateText(date, locale)} className="whitespace-nowrap">
      {agoText(date, now, locale)}
    </time>
  );
}

/** A moment as a date with its time. */
export function DateTime({ at }: { at: string }) {
  const locale = useLocale();
  const date = parseTime(at);
  return (
    <time dateTime={date.toISOString()} className="whitespace-nowrap">
      {dateText(date, locale)}
    </time>
  );
}

/** A length of time in milliseconds. */
export function Duration({ milliseconds }: { milliseconds: number }) {
  return <span className="whitespace-nowrap tabular-nums">{durationText(milliseconds, useLocale())}</span>;
}
