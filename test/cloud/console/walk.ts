import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { Visit } from '../../console/visit.ts';

/** Somebody on their way through the console. */
export interface Walk extends Visit {
  /** Where their downloads are. */
  directory: string;
  /** Decisions they had to make so far. */
  choices: number;
  /** Takes one of the choices of a form. */
  choose(one: Locator): Promise<void>;
  /** Does one part of the walk and notes how long it takes. */
  step<T>(what: string, walk: () => Promise<T>): Promise<T>;
  /** Since the walk began. */
  seconds(): number;
  /** The steps with their times. */
  told(): string;
  end(): Promise<void>;
}

/** Begins a walk: its clock runs from here. */
export function beginWalk(visit: Visit): Walk {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-walk-'));
  const began = performance.now();
  const steps: string[] = [];
  const walk: Walk = {
    ...visit,
    directory,
    choices: 0,
    async choose(one) {
      walk.choices++;
      await one.check();
    },
    async step(what, part) {
      const from = performance.now();
      try {
        return await part();
      } finally {
        steps.push(`${((performance.now() - from) / 1000).toFixed(1).padStart(6)} s  ${what}`);
      }
    },
    seconds: () => (performance.now() - began) / 1000,
    told: () => [...steps, `${walk.seconds().toFixed(1).padStart(6)} s  in all`].join('\n'),
    async end() {
      await visit.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return walk;
}

/** Goes to a page by the menu, as a person does: the page is not loaded anew. */
export async function goTo(page: Page, entry: string): Promise<void> {
  const menu = page.getByRole('navigation', { name: 'Menu principal' });
  await menu.getByRole('link', { name: entry, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: entry }).waitFor();
}

/** Presses the button of the open window that does what it is about, and waits until the window has closed. */
export async function confirm(page: Page, action: string): Promise<void> {
  const button = page.getByRole('dialog').getByRole('button', { name: action, exact: true });
  await button.click();
  await button.waitFor({ state: 'detached' });
}

/** The row of a list that is about something. */
export const rowOf = (page: Page, name: string): Locator => page.getByRole('row').filter({ hasText: name });

/** Chooses a row of a list and what is done with it, and confirms: `action` is the word on both buttons. */
export async function deleteRow(page: Page, name: string, action = 'Supprimer'): Promise<void> {
  await rowOf(page, name).getByRole('checkbox').check();
  await page.getByRole('main').getByRole('button', { name: action, exact: true }).click();
  await confirm(page, action);
  await rowOf(page, name).waitFor({ state: 'detached' });
}
