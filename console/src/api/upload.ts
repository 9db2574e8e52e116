import { ApiFault, faultOf } from './fault.ts';

/**
 * Sends a file as the body of a request and says how far it is, which `fetch` cannot. Rejects with ApiFault, or with an
 * AbortError when it is given up by `signal`.
 */
export function upload(
  path: string,
  file: File,
  { onProgress, signal }: { onProgress: (bytes: number) => void; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = new XMLHttpRequest();
    sent.open('PUT', path);
    sent.setRequestHeader('Content-Type', 'application/octet-stream');
    sent.setRequestHeader('X-Potluck-Session', '1');
    sent.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    sent.addEventListener('load', () => {
      if (sent.status >= 200 && sent.status < 300) resolve();
      else reject(faultOf(sent.status, (name) => sent.getResponseHeader(name), sent.responseText));
    });
    sent.addEventListener('error', () => reject(new ApiFault('', { status: 0 })));
    sent.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    signal.addEventListener('abort', () => sent.abort());
    sent.send(file);
  });
}
