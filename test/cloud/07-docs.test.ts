import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { does, lists, ROOT, run } from './client.ts';
import { commands } from './pages.ts';

/** Some are about what is done in a browser alone. */
const pages = globSync('docs/use/*/*.md', { cwd: ROOT }).filter((page) => commands(page) !== '');

test('pages for those who use a cloud have commands', () => assert.ok(pages.length >= 4, pages.join(', ')));

for (const page of pages) {
  test(`the commands of ${page} work as they are written`, async () => {
    const script = commands(page);
    // A limit for what hangs: newer clients on a busy machine take three seconds a command.
    const { code, stdout, stderr } = await run('bash', ['-euc', script], { seconds: 900 });
    assert.equal(code, 0, stdout + stderr);
    // Both pages open the web port; the second would find the rule there.
    const rules = await lists('potluck-demo', 'security group rule list default --protocol tcp --ingress');
    for (const rule of rules.filter((one) => one['Port Range'] === '80:80')) {
      await does('potluck-demo', `security group rule delete ${rule.ID}`);
    }
  });
}
