import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLanguage, localeOf } from './language.ts';

test('the language is the one chosen, else the first known one of the browser', () => {
  assert.equal(chooseLanguage('fr', ['en']), 'fr');
  assert.equal(chooseLanguage('xx', ['de-DE', 'fr-CA', 'en']), 'fr');
  assert.equal(chooseLanguage(null, ['de']), 'en');
  assert.equal(chooseLanguage(null, []), 'en');
});

test('dates follow the region of the browser when it speaks the language shown', () => {
  assert.equal(localeOf('fr', ['en-US', 'fr-CA']), 'fr-CA');
  assert.equal(localeOf('fr', ['en-US']), 'fr');
});
