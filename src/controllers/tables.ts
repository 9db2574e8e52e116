import type { HostId, ServerId } from '../core/ids.ts';

/** The controllers that share this database. */
export interface ControllerTable {
  id: string;
  name: string;
  /** Where other controllers reach this one: `wss://192.0.2.11:5002`. */
  relay_url: string;
  /** Both by the database's clock. */
  started_at: number;
  seen_at: number;
}

/** A byte stream that a controller asked a host's agent for and that has not come yet. */
export interface TunnelTable {
  id: string;
  host: HostId;
  server: ServerId;
  target: 'vnc' | 'serial' | 'log' | 'diagnostics' | 'guest-password';
  /** Who waits for it. */
  controller: string;
  /** When the agent was told of it last. */
  offered_at: number | null;
  deadline: number;
}

export interface ControllerTables {
  controllers: ControllerTable;
  tunnels: TunnelTable;
}
