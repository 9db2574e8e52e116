import type { ApiRequest } from '../api/request.ts';

/**
 * Something a page does, in the two ways of doing it: the request that the page itself sends, and the `openstack` command that
 * stands for it, as words. `ShowMeHow` shows both.
 */
export interface Operation {
  request: ApiRequest;
  /** `['openstack', 'server', 'delete', 'web']`; null where the client has no command for it. */
  command: readonly string[] | null;
}

/** An `openstack` command from words; those that are not there are left out, and lists are flattened. Pure. */
export function openstack(...words: readonly (string | undefined | null | false | readonly string[])[]): string[] {
  return ['openstack', ...words.flatMap((word) => (word === undefined || word === null || word === false ? [] : word))];
}

/** Words as a POSIX shell reads them, an option with its value to a line when it is long. Pure. */
export function shellText(words: readonly string[]): string {
  const quoted = words.map(quote);
  const text = quoted.join(' ');
  if (text.length <= 80) return text;
  return quoted.reduce((all, word, index) => {
    if (index === 0) return word;
    const option = words[index]?.startsWith('--') === true;
    return `${all}${option ? ' \\\n  ' : ' '}${word}`;
  }, '');
}

/** A word that begins with `$(` is a command itself, whose answer stands there. */
function quote(word: string): string {
  if (word.startsWith('$(')) return word;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A request as HTTP puts it, without what belongs to this browser. Pure. */
export function httpText({ method, path, headers, body }: ApiRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path}`, 'X-Auth-Token: $TOKEN', ...lines].join('\n');
  return body === undefined ? head : `${head}\n\n${JSON.stringify(body, null, 2)}`;
}
