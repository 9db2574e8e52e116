import { createServer } from 'node:net';
import { writeFileSync } from 'node:fs';

/**
 * Started by the agent inside a network's namespace: listens there, hands the socket to the agent and ends. A socket
 * stays in the namespace it was made in, so the agent needs neither a proxy nor a process per network.
 */
const [device = '', port = '80'] = process.argv.slice(2);

for (const name of ['all', device]) {
  try {
    // What routers of the tenant's network announce is not for us.
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/accept_ra`, '0');
  } catch {
    // No IPv6 in this kernel.
  }
}

const server = createServer();
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.listen({ host: '::', port: Number(port), ipv6Only: false }, () => {
  process.send?.('listening', server, {}, () => process.disconnect());
  server.close();
});
