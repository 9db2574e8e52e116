import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { violationsInBothThemes } from './accessibility.ts';

/** What a person does on a page, by the words that they read. Windows are looked at in both appearances before they are used. */
export function hands(page: Page) {
  const dialog = async () => {
    const shown = page.locator('[role=dialog][data-open]');
    await shown.waitFor();
    assert.deepEqual(await violationsInBothThemes(page, await shown.innerText()), []);
    return shown;
  };
  return {
    button: (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }),
    dialog,
    /** A button of the window. */
    press: async (name: string) => (await dialog()).getByRole('button', { name, exact: true }).click(),
    row: (name: string) => page.locator('tbody tr').filter({ hasText: name }),
    /** An entry of the menu that this opens. */
    choose: async (menu: Locator, entry: string) => {
      await menu.click();
      await page.getByRole('menuitem', { name: entry, exact: true }).click();
    },
  };
}
