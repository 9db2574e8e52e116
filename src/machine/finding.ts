/** One thing that was looked at. */
export interface Finding {
  what: string;
  state: 'good' | 'warning' | 'bad';
  /** What was seen. */
  detail: string;
  /** What to do; empty when nothing is to do. */
  mend: string;
}

export const good = (what: string, detail: string): Finding => ({ what, state: 'good', detail, mend: '' });
export const bad = (what: string, detail: string, mend: string): Finding => ({ what, state: 'bad', detail, mend });
export const warning = (what: string, detail: string, mend: string): Finding => ({
  what,
  state: 'warning',
  detail,
  mend,
});
