/** One message of a stream of server-sent events; a comment, which says that the connection lives, has no event. */
export interface StreamMessage {
  event: string;
  data: string;
  id: string | null;
}

/**
 * Reads `text/event-stream` as it comes, in pieces of any size (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * EventSource would do, but tells nothing of comments, so that a dead connection looks like a quiet one. Pure but for what it
 * remembers of an unfinished message.
 */
export function eventStreamReader(): (text: string) => { messages: StreamMessage[]; retry: number | null } {
  let rest = '';
  let event = 'message';
  let data: string[] = [];
  let id: string | null = null;
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    const messages: StreamMessage[] = [];
    let retry: number | null = null;
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) messages.push({ event, data: data.join('\n'), id });
        event = 'message';
        data = [];
        continue;
      }
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
      else if (field === 'id') id = value;
      else if (field === 'retry' && /^\d+$/.test(value)) retry = Number(value);
    }
    return { messages, retry };
  };
}
