import { createServer } from 'node:http';

/** The smallest thing that is a raw disk. */
const DATA = Buffer.alloc(1024 * 1024, 'conformance');

/** A web server with one file, from which the cloud under test imports an image. */
export async function startWebServer(port: number): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    const length = { 'content-type': 'application/octet-stream', 'content-length': DATA.length };
    response.writeHead(200, length).end(request.method === 'HEAD' ? undefined : DATA);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    url: `http://127.0.0.1:${port}/image.raw`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
