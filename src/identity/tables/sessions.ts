import type { UserId } from '../../core/ids.ts';

export interface SessionsTable {
  /** The audit id of its first token, which every later one names as the start of its chain. */
  id: string;
  user_id: UserId;
  started_at: number;
  /** When somebody has to sign in again, however busy. */
  ends_at: number;
  /** When its present token was made. */
  renewed_at: number;
  /** What the browser said it is, and its address, when it signed in; null for sessions of before. */
  user_agent: string | null;
  address: string | null;
  /** Where the user signed in, if not here. */
  identity_provider_id: string | null;
  protocol_id: string | null;
  /** Who that is there (`sub`), and which session there (`sid`), if the provider says so. */
  subject: string | null;
  provider_session: string | null;
  /** With which the provider is asked whether that is still so; sealed by the cloud's secret key. */
  sealed_refresh_token: string | null;
}

export interface SessionTables {
  sessions: SessionsTable;
}
