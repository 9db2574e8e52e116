/** The languages that every text of the console exists in. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

const isLanguage = (text: string): text is Language => (LANGUAGES as readonly string[]).includes(text);

/** What a person chose before, else the first of their browser's languages that there is, else English. Pure. */
export function chooseLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (chosen !== null && isLanguage(chosen)) return chosen;
  for (const one of preferred) {
    const [base = ''] = one.toLowerCase().split('-');
    if (isLanguage(base)) return base;
  }
  return 'en';
}

/**
 * The locale for dates, numbers and sizes: the browser's own region when it is of the language that is shown
 * (`fr-CA`, `en-GB`), else the language alone. Pure.
 */
export function localeOf(language: Language, preferred: readonly string[]): string {
  return preferred.find((one) => one.toLowerCase().split('-')[0] === language) ?? language;
}
