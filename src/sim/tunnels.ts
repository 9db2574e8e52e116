import type { WebSocket } from 'ws';
import { isoSeconds } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { TunnelRequest } from '../host/document.ts';
import type { LinkOptions } from '../host/line.ts';
import { dial } from '../host/tunnels.ts';
import { simDiagnostics } from './diagnostics.ts';
import type { SimHost } from './drivers.ts';

export interface SimTunnelOptions {
  link: LinkOptions;
  sim: () => SimHost;
  log: Log;
}

/** Dials the controller as a real agent does. What a simulated server prints is made up; it has no screen. */
export function createSimTunnels({ link, sim, log }: SimTunnelOptions) {
  const open = new Set<WebSocket>();
  return {
    open({ id, server, to }: TunnelRequest): void {
      const socket = dial(link, id);
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', (error) => log.warn('tunnel-failed', { tunnel: id, server, error }));
      socket.on('open', () => {
        if (to === 'vnc') return socket.close(1011, 'a simulated server has no screen');
        if (to === 'guest-password') return answerPassword(socket, sim().machines.has(server));
        if (to === 'diagnostics') return sendDiagnostics(socket, sim(), server);
        socket.send(consoleOf(sim(), server));
        if (to === 'log') return socket.close(1000);
        // A serial console whose guest does nothing but repeat what it is told.
        socket.on('message', (data: Buffer) => socket.send(data));
      });
    },
    close(): void {
      for (const socket of open) socket.terminate();
    },
  };
}

/** A simulated guest whose image promises an agent has one that does as it is told. */
function answerPassword(socket: WebSocket, isRunning: boolean): void {
  socket.once('message', () => {
    socket.send(JSON.stringify({ outcome: isRunning ? 'done' : 'silent' }));
    socket.close(1000);
  });
}

function sendDiagnostics(socket: WebSocket, sim: SimHost, server: string): void {
  const machine = sim.machines.get(server);
  if (!machine) return socket.close(1011, 'the server does not run');
  const want = sim.document()?.servers.find((one) => one.id === server) ?? null;
  socket.send(JSON.stringify(simDiagnostics(want, machine, Date.now())));
  socket.close(1000);
}

function consoleOf(sim: SimHost, server: string): string {
  const machine = sim.machines.get(server);
  if (!machine) return '';
  const lines = [
    `[    0.000000] simulated server ${server}, boot ${machine.boot}, at ${isoSeconds(machine.startedAt)}`,
    '[    0.000001] no processor, no memory, no disk',
    '[    0.000002] and yet it runs',
    'login: ',
  ];
  return lines.join('\r\n');
}
