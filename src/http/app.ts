import type { Relay } from '../controllers/index.ts';
import type { Clock } from '../core/clock.ts';
import type { HostId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { ReconcilerState } from '../core/reconciler.ts';
import type { Signals } from '../core/signals.ts';
import type { Secrets } from '../store/secrets.ts';
import type { Store } from '../store/store.ts';
import type { VerifyToken } from './context.ts';

/** What a password must be and when it ends; rules that are not set do not apply. */
export interface PasswordRules {
  /** Wrong passwords in a row until an account is locked, and for how long; until it is enabled anew without a time. */
  lockoutFailureAttempts?: number;
  lockoutSeconds?: number;
  /** How many of the last passwords, today's included, may not be chosen again. */
  uniqueLastPasswordCount?: number;
  minimumAgeDays?: number;
  expiresDays?: number;
  inactiveDays?: number;
  /** Whether a password that somebody else set must be changed at once. */
  changeUponFirstUse?: boolean;
  /** What a password must match from its start, and the same in words. */
  regex?: string;
  regexDescription?: string;
}

/** Settings of a controller, read once at its start. */
export interface Config {
  /** Directory with database, keys and images; only the service may read it. */
  stateDir: string;
  /** `postgres://…` of a database that other controllers may share; SQLite in the state directory without one. */
  database?: string;
  /** Where image data is, a directory shared by all controllers; `images` in the state directory unless told. */
  imageDir?: string;
  /** Addresses and port to listen on. */
  listen: string;
  port: number;
  /** Where clients reach this cloud, without a slash at the end: `http://192.0.2.1:5000`. */
  publicUrl: string;
  region: string;
  /** Milliseconds between the news that this controller ends and its end; 0 where nobody balances. */
  drainMilliseconds?: number;
  /** OVN's northbound database, `unix:/run/ovn/ovnnb_db.sock`; null when no OVN is driven (dev, tests). */
  ovnNorthbound: string | null;
  /** Whether a server whose QEMU ended by itself stays off or is started again. */
  onServerFailure: 'stop' | 'restart';
  /** Whether an uploaded image must be what its disk_format says; hostile headers are refused either way. */
  enforceImageFormat: boolean;
  /** `name` or `name:port` of the operator's own web servers: images may be imported from there though they are internal. */
  imageImportAllow?: readonly string[];
  /** Most bytes of image data per project; 100 GiB unless told. */
  imageQuotaBytes?: number;
  passwordRules?: PasswordRules;
  /** Days that the audit trail goes back; a year unless told. */
  auditKeepDays?: number;
  /** Hours after which a browser has to sign in again, however busy; 12 unless told. */
  sessionHours?: number;
  /** Whether the console shows a form for names and passwords; it does unless told. */
  passwordSignIn?: boolean;
  /** Other consoles that may have a token for whoever signs in at an identity provider: the very addresses they name. */
  trustedDashboards?: readonly string[];
  /** Addresses and networks of proxies in front, whose word on where a request came from is taken. */
  trustedProxies?: readonly string[];
  /** Whether a new project is given a network, a router and a security group for SSH. */
  projectNetworks?: boolean;
  /** Seconds for which a deleted server can be restored, Nova's `reclaim_instance_interval`; 0 unless told. */
  reclaimDeletedAfter?: number;
  /** Where machines that become hosts reach this controller over mutual TLS; none are let in without: `https://192.0.2.1:5001`. */
  agentUrl?: string;
  /** The port that it listens on for them. */
  agentPort?: number;
  /** OVN's southbound database as other hosts reach it: `ssl:192.0.2.1:6642`. */
  ovnSouthbound?: string;
  /** Where the controllers that share its database reach this one, if that is not to be found out; any free port for 0. */
  relayAddress?: string;
  relayPort?: number;
}

/** What handlers and reconcilers work with: plain fields, made once at start. */
export interface App {
  config: Config;
  store: Store;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  signals: Signals;
  verifyToken: VerifyToken;
  /**
   * The next token of a browser's session that is in use: null while the present one does, or where it cannot be had
   * yet. Throws ApiError 401 when the session is over.
   */
  renewSession: (token: string) => Promise<string | null> | null;
  /** Checks an agent's bearer token. Throws ApiError 401. */
  verifyHost: (token: string) => HostId;
  /** Whose certificate has this SHA-256. Throws ApiError 401 when it is revoked or expired. */
  verifyCertificate: (fingerprint: string) => HostId;
  /** How this controller's reconcilers fare, by name. */
  reconcilers?: ReadonlyMap<string, ReconcilerState>;
  /** The way to the other controllers; none on SQLite, which has one. */
  relay?: Relay;
  /** Fires before `abort`: what is asked is still answered, but who can ask another controller should. */
  draining?: AbortSignal;
  /** Fires when the controller is asked to end. */
  abort: AbortSignal;
}
