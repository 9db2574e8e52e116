import { createContext, useContext, useState, type ReactNode } from 'react';
import type { Text } from './en/index.ts';
import { chooseLanguage, localeOf, type Language } from './language.ts';

export type { Text } from './en/index.ts';

/** The text of a language is fetched when it is wanted; English is what the type of all of them is made of. */
const LOAD: Record<Language, () => Promise<Text>> = {
  en: async () => (await import('./en/index.ts')).en,
  fr: async () => (await import('./fr/index.ts')).fr,
};

const KEY = 'potluck-language';

interface Spoken {
  language: Language;
  /** For Intl: `fr-CA`. */
  locale: string;
  text: Text;
}

const SpokenContext = createContext<Spoken & { choose: (language: Language) => Promise<void> }>(null as never);

/** The language of this browser, with its text: to be awaited before anything is drawn. */
export async function loadLanguage(): Promise<Spoken> {
  return spoken(chooseLanguage(localStorage.getItem(KEY), navigator.languages));
}

async function spoken(language: Language): Promise<Spoken> {
  const text = await LOAD[language]();
  document.documentElement.lang = language;
  return { language, text, locale: localeOf(language, navigator.languages) };
}

export function LanguageProvider({ first, children }: { first: Spoken; children: ReactNode }) {
  const [now, setNow] = useState(first);
  const choose = async (language: Language) => {
    const next = await spoken(language);
    localStorage.setItem(KEY, language);
    setNow(next);
  };
  return <SpokenContext value={{ ...now, choose }}>{children}</SpokenContext>;
}

/** All texts in the language that is shown: `useText().servers.title`. */
export const useText = (): Text => useContext(SpokenContext).text;

/** For `Intl`. */
export const useLocale = (): string => useContext(SpokenContext).locale;

export function useLanguage() {
  const { language, choose } = useContext(SpokenContext);
  return { language, choose };
}
