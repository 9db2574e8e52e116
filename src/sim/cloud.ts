import { join } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import type { HostId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { startController, type Controller, type LocalHost } from '../controller.ts';
import type { PasswordRules } from '../http/app.ts';
import { openLedger } from '../host/ledger.ts';
import type { SimOptions, SimSize } from './drivers.ts';
import { startSimHost, type RunningSimHost } from './host.ts';

export interface SimCloudOptions {
  /** Database, images and the hosts' ledgers; a second cloud in it goes on where the first ended. */
  stateDir: string;
  /** 0 for any that is free. */
  port: number;
  region: string;
  adminPassword: string;
  /** `postgres://…`; SQLite in the state directory without. */
  database?: string;
  hosts: readonly LocalHost[];
  log: Log;
  size?: SimSize;
  /** Whether an image must be what its disk_format says (true). */
  enforceImageFormat?: boolean;
  imageImportAllow?: readonly string[];
  projectNetworks?: boolean;
  reclaimDeletedAfter?: number;
  passwordRules?: PasswordRules;
  /** How a host is simulated: asked with the number of each. */
  sim?: (number: number) => Omit<SimOptions, 'ledger'>;
}

export interface SimCloud {
  url: string;
  controller: Controller;
  hosts: readonly RunningSimHost[];
  close(): Promise<void>;
}

/**
 * A controller and simulated hosts in this process: the real APIs, decisions, protocol and convergence; what is not
 * there is QEMU, Open vSwitch and OVN, and so nothing of it needs root.
 */
export async function startSimCloud(options: SimCloudOptions): Promise<SimCloud> {
  const { stateDir, log, port } = options;
  const controller = await startController(
    {
      ...{ stateDir: join(stateDir, 'controller'), listen: '127.0.0.1', port, region: options.region },
      ...(options.database !== undefined && { database: options.database }),
      publicUrl: `http://127.0.0.1:${port}`,
      ovnNorthbound: null,
      onServerFailure: 'stop',
      enforceImageFormat: options.enforceImageFormat ?? true,
      imageImportAllow: options.imageImportAllow ?? [],
      projectNetworks: options.projectNetworks ?? false,
      reclaimDeletedAfter: options.reclaimDeletedAfter ?? 0,
      passwordRules: options.passwordRules ?? {},
    },
    { log, adminPassword: options.adminPassword, localHosts: options.hosts },
  ).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new OperatorError(`Port ${port} is taken by another program.`, 'Give another one: --port 5001', {
      cause: error,
    });
  });
  const address = controller.server.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`;
  const ledgers = await Promise.all(options.hosts.map((host) => openLedger(join(stateDir, 'hosts', host.name))));
  const hosts = options.hosts.map((host, number) => {
    const ledger = ledgers[number];
    const sim = options.sim?.(number) ?? {};
    return startSimHost({
      ...{ host, controller: url, log, sim },
      ...(ledger && { ledger }),
      ...(options.size && { size: options.size }),
    });
  });
  return {
    ...{ url, controller, hosts },
    async close() {
      await Promise.all(hosts.map((host) => host.close()));
      await controller.close();
    },
  };
}

/** The host number `n` of a simulated cloud. */
export const simHostName = (n: number): string => `sim-${n}`;

export const localHost = (id: string, name: string, token: string): LocalHost => ({ id: id as HostId, name, token });
