import { createHash } from 'node:crypto';
import type { Reply } from '../../http/route.ts';

const SCRIPT = 'document.forms[0].submit()';
const HASH = createHash('sha256').update(SCRIPT).digest('base64');

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * The page that hands a token to another console, as Keystone's `sso_callback_template.html` does: a form that sends
 * itself there. It runs this one script and sends to this one address.
 */
export function webssoPage(origin: string, token: string): Reply {
  const body = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Signing in</title></head>
  <body>
    <form method="post" action="${escaped(origin)}">
      <input type="hidden" name="token" value="${escaped(token)}">
      <noscript><button type="submit">Continue</button></noscript>
    </form>
    <script>${SCRIPT}</script>
  </body>
</html>
`;
  const policy = `default-src 'none'; script-src 'sha256-${HASH}'; form-action ${new URL(origin).origin}; base-uri 'none'; frame-ancestors 'none'`;
  const headers = {
    ...{ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
    ...{ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' },
  };
  return { status: 200, body, headers };
}
