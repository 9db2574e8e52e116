import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const BUILT = join(import.meta.dirname, '../dist');
/** Kilobytes, compressed, of all that a browser must have before it shows a page. */
const MOST = 300;

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

test('the first page is small, whichever it is', () => {
  const manifest = JSON.parse(readFileSync(join(BUILT, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  /** Files of modules with all that they import at once. */
  const closure = (names: readonly string[]): Set<string> => {
    const chunks = new Set<string>();
    const add = (name: string) => {
      if (chunks.has(name)) return;
      chunks.add(name);
      for (const one of manifest[name]?.imports ?? []) add(one);
    };
    names.forEach(add);
    return new Set([...chunks].flatMap((name) => [manifest[name]?.file ?? '', ...(manifest[name]?.css ?? [])]));
  };
  const pages = Object.keys(manifest).filter((name) =>
    /^src\/pages\/(home\/home|sign-in\/sign-in|servers\/.*)\.tsx$/.test(name),
  );
  assert.ok(pages.length >= 3, pages.join());
  for (const page of pages) {
    const files = closure(['index.html', 'src/text/fr/index.ts', page]);
    const bytes = [...files].reduce(
      (sum, file) => sum + gzipSync(readFileSync(join(BUILT, file)), { level: 9 }).length,
      0,
    );
    console.log(`${page}: ${Math.round(bytes / 1000)} kB in ${files.size} files`);
    assert.ok(bytes < MOST * 1000, `${page} takes ${bytes} bytes`);
  }
});

test('nothing in the page needs more than its content security policy allows', () => {
  const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)[^>]*>|<style|\bstyle=|\bon\w+=/);
});
