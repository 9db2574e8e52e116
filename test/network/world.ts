import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runReconciler } from '../../src/core/reconciler.ts';
import { createLog } from '../../src/core/log.ts';
import { testCloud, type TestCloud } from '../../src/http/testing.ts';
import { waitFor } from '../../src/machine/wait.ts';
import { createOvnReconciler } from '../../src/network/ovn/reconcile.ts';
import { networkService } from '../../src/network/service.ts';
import { startDaemons, type Daemons } from './daemons.ts';
import { plugGuest, type Guest } from './guest.ts';

const HOST = 'host-1';
export const OUTSIDE = '172.24.4.1';
export const patience = { timeout: 20_000, every: 50, hint: '' };

export interface Row {
  id: string;
  mac_address: string;
  status: string;
  fixed_ips: { ip_address: string }[];
  floating_ip_address: string;
}

export class World {
  readonly cloud: TestCloud;
  readonly daemons: Daemons;
  /** Undone in reverse order at the end: guests go before the switch they are plugged into. */
  readonly undo: (() => Promise<void>)[] = [];

  constructor(cloud: TestCloud, daemons: Daemons) {
    this.cloud = cloud;
    this.daemons = daemons;
  }

  async post(path: string, kind: string, body: object, as: 'member' | 'admin' = 'member'): Promise<Row> {
    const reply = await this.cloud.request('POST', `/network/v2.0/${path}`, { as, body: { [kind]: body } });
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    return reply.body[kind] as Row;
  }

  async put(path: string, body: object, as: 'member' | 'admin' = 'member'): Promise<void> {
    const reply = await this.cloud.request('PUT', `/network/v2.0/${path}`, { as, body });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
  }

  async port(id: string): Promise<Row> {
    return (await this.cloud.request('GET', `/network/v2.0/ports/${id}`, { as: 'admin' })).body.port as Row;
  }

  /** A port bound to our host, as the compute service binds a server's. */
  async serverPort(networkId: string, more: object = {}): Promise<Row> {
    const body = { network_id: networkId, device_owner: 'compute:nova', ...more };
    const port = await this.post('ports', 'port', body);
    await this.put(`ports/${port.id}`, { port: { 'binding:host_id': HOST } }, 'admin');
    return port;
  }

  /** Plugs a guest in, waits until its port is ACTIVE, and lets it ask for its address. */
  async boot(port: Row): Promise<Guest & { address: string; lease: Record<string, string> }> {
    const guest = await plugGuest(this.daemons, port);
    this.undo.push(() => guest.stop());
    await waitFor('the port to be ACTIVE', async () => (await this.port(port.id)).status === 'ACTIVE', patience);
    const lease = port.fixed_ips[0]?.ip_address.includes(':') ? {} : await guest.dhcp();
    return { ...guest, lease, address: port.fixed_ips[0]?.ip_address ?? '' };
  }
}

export async function startWorld(t: TestContext): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-ovn-'));
  const daemons = await startDaemons(directory, `potluck-sw-${process.pid}`);
  const cloud = await testCloud(t, [networkService]);
  const { app } = cloud;
  app.config.ovnNorthbound = daemons.northbound;
  if (process.env['DEBUG']) app.log = createLog('debug');
  void runReconciler(createOvnReconciler(app, { readChassis: chassisOf(daemons) }), app.signals, app.log, app.abort);
  const world = new World(cloud, daemons);
  t.after(async () => {
    for (const undo of world.undo.toReversed()) await undo();
    await daemons.stop();
    if (!process.env['KEEP']) rmSync(directory, { recursive: true });
  });
  return world;
}

/** The one host of these tests, by the name OVN knows. */
export const chassisOf = (daemons: Daemons) => () => Promise.resolve(new Map([[HOST, daemons.chassis]]));
