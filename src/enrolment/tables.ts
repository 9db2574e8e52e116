import type { HostId } from '../core/ids.ts';
import type { Bit } from '../store/json.ts';

/** The cloud's own certificate authority, shared by all its controllers. */
export interface AuthorityTable {
  purpose: 'hosts';
  /** PEM. */
  certificate: string;
  /** The private key in PEM, sealed. */
  sealed_key: string;
  created_at: number;
}

/** Leave for machines to become hosts. */
export interface HostInviteTable {
  id: string;
  /** SHA-256 of the secret, in hexadecimal. */
  secret_hash: string;
  /** The only name that counts; null when the machine says its own. */
  name: string | null;
  /** Whether a host of this name makes way. */
  replaces: Bit;
  uses_left: number;
  expires_at: number;
  created_by: string | null;
  created_at: number;
}

/** The certificates by which hosts are known: one that is not here counts for nothing. */
export interface HostCertificateTable {
  /** SHA-256 of the certificate in DER, in hexadecimal. */
  fingerprint: string;
  host_id: HostId;
  /** SHA-256 of its public key, in hexadecimal. */
  key_hash: string;
  /** The invite it was issued for; null when it renewed another. */
  invite_id: string | null;
  issued_at: number;
  not_after: number;
}

export interface EnrolmentTables {
  authorities: AuthorityTable;
  host_invites: HostInviteTable;
  host_certificates: HostCertificateTable;
}
