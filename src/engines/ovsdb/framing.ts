/** The longest message we keep while waiting for its end. */
const MAX_MESSAGE = 256 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/**
 * Cuts a byte stream into JSON objects, which OVSDB's peers send one after the other without anything in between
 * (RFC 7047, section 4). Answers a function that takes the next bytes; it throws when they cannot be JSON.
 */
export function jsonStream(receive: (message: unknown) => void): (chunk: Buffer) => void {
  const parts: Buffer[] = [];
  let kept = 0;
  let depth = 0;
  let inText = false;
  let escaped = false;
  return (chunk) => {
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0;
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
      } else if (byte === QUOTE) {
        inText = true;
      } else if (OPENING.has(byte)) {
        depth++;
      } else if (CLOSING.has(byte)) {
        depth--;
        if (depth < 0) throw new SyntaxError('a closing bracket without an opening one');
        if (depth > 0) continue;
        parts.push(chunk.subarray(start, index + 1));
        start = index + 1;
        const text = Buffer.concat(parts).toString('utf8');
        parts.length = 0;
        kept = 0;
        receive(JSON.parse(text));
      }
    }
    if (start === chunk.length) return;
    parts.push(chunk.subarray(start));
    kept += chunk.length - start;
    if (kept > MAX_MESSAGE) throw new RangeError(`a message longer than ${MAX_MESSAGE} bytes`);
  };
}
