// Asks for an address by DHCPv6 (RFC 8415) on eth0 and prints it, with the name servers: a client small enough for a test.
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

const CLIENT_ID = 1;
const IA_NA = 3;
const IA_ADDRESS = 5;
const DNS_SERVERS = 23;
const ADVERTISE = 2;

const mac = Buffer.from((networkInterfaces().eth0?.[0]?.mac ?? '').replaceAll(':', ''), 'hex');
const option = (code, data) => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(code, 0);
  head.writeUInt16BE(data.length, 2);
  return Buffer.concat([head, data]);
};
/** @returns {[number, Buffer][]} */
function options(bytes) {
  const found = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) {
    found.push([bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2))]);
  }
  return found;
}
const text = (bytes) => (bytes.toString('hex').match(/.{4}/g) ?? []).join(':');

const solicit = Buffer.concat([
  Buffer.from([1, 0x12, 0x34, 0x56]),
  option(CLIENT_ID, Buffer.concat([Buffer.from([0, 3, 0, 1]), mac])),
  option(IA_NA, Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.alloc(8)])),
  option(6, Buffer.from([0, DNS_SERVERS])),
]);
const socket = createSocket('udp6');
socket.on('message', (message) => {
  if (message[0] !== ADVERTISE) return;
  const all = options(message.subarray(4));
  const address = all.filter(([code]) => code === IA_NA).flatMap(([, data]) => options(data.subarray(12)));
  const ip = address.find(([code]) => code === IA_ADDRESS)?.[1].subarray(0, 16);
  const servers = all.find(([code]) => code === DNS_SERVERS)?.[1];
  console.log(`${ip ? text(ip) : 'none'} ${servers ? text(servers.subarray(0, 16)) : 'none'}`);
  process.exit(0);
});
socket.bind(546, '::', () => {
  setInterval(() => socket.send(solicit, 547, 'ff02::1:2%eth0'), 500);
  socket.send(solicit, 547, 'ff02::1:2%eth0');
});
setTimeout(() => process.exit(1), 10_000);
