import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { ConsoleCloud, Person } from './cloud.ts';

/** Debian's package `chromium`. */
const CHROMIUM = process.env['POTLUCK_CHROMIUM'] ?? '/usr/bin/chromium';

/** The browser tells of each 4xx too, which pages show; of a header and a library that want a connection to be
 * secure, and of screens: simulated servers have none. */
const EXPECTED =
  /^Failed to load resource|^The Cross-Origin-Opener-Policy header has been ignored|^noVNC requires a secure context|^Failed when connecting|disconnected RFB/;

export type Language = 'en' | 'fr';

/** A real Chromium. As root it has no sandbox of its own. */
export function startBrowser(): Promise<Browser> {
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath: CHROMIUM, args: root ? ['--no-sandbox'] : [] });
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** What the browser complained of: scripts that threw, what the content security policy refused, answers of 500 and more. */
  complaints: string[];
  close: () => Promise<void>;
}

export interface VisitOptions {
  language?: Language;
  theme?: 'light' | 'dark';
  /** Signed in already; null for who stands before the door. */
  person?: Person | null;
  viewport?: { width: number; height: number };
}

/** A person's window: with a language, an appearance, and their session. */
export async function visit(
  browser: Browser,
  cloud: ConsoleCloud,
  { language = 'en', theme = 'light', person = 'potluck-demo', viewport }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: cloud.url,
    locale: language === 'fr' ? 'fr-FR' : 'en-GB',
    colorScheme: theme,
    timezoneId: 'Europe/Paris',
    ...(viewport && { viewport }),
  });
  context.setDefaultTimeout(30_000);
  if (person !== null) await signIn(context, cloud, person);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  return { context, page, complaints, close: () => context.close() };
}

/** Gives a window the session of a person, as its sign-in page would. */
export async function signIn(context: BrowserContext, cloud: ConsoleCloud, person: Person): Promise<void> {
  const { username, password } = cloud.account(person);
  const user = { name: username, domain: { id: 'default' }, password };
  const answer = await context.request.post('/session', {
    headers: { 'X-Potluck-Session': '1', Origin: cloud.url },
    data: { auth: { identity: { methods: ['password'], password: { user } } } },
  });
  if (answer.status() !== 201) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
}

/** Goes to a page of the console and waits until it shows what it has to show. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/** Waits until a page has a heading and fetches nothing more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.locator('main [role=status] .animate-spin').first().waitFor({ state: 'detached' });
}
