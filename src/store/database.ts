import type { Generated } from 'kysely';
import type { CatalogueTables } from '../compute/catalogue/tables.ts';
import type { ComputeTables } from '../compute/tables.ts';
import type { ControllerTables } from '../controllers/tables.ts';
import type { EnrolmentTables } from '../enrolment/tables.ts';
import type { IdentityTables } from '../identity/tables.ts';
import type { ImageTables } from '../image/tables.ts';
import type { NetworkTables } from '../network/tables.ts';
import type { PlacementTables } from '../placement/tables.ts';
import type { VolumeTables } from '../volume/tables.ts';

export interface AuditTable {
  id: Generated<number>;
  at: number;
  request_id: string;
  user_id: string | null;
  project_id: string | null;
  /** The domain of the project, or the one the token is for, or the user's. */
  domain_id: string | null;
  /** On whose word, when not the user's own: `application_credential:ID`, `trust:ID`, `oauth:ID`. */
  delegation: string | null;
  /** From where it was asked for. */
  address: string | null;
  operation: string;
  target: string | null;
  /** The HTTP status of what was refused or failed; null for what was done. */
  status: number | null;
  /** A short JSON text without secrets. */
  detail: string | null;
}

/** Whose turn a piece of work is that one controller does at a time, `src/store/leases.ts`. */
export interface LeaseTable {
  name: string;
  holder: string;
  /** By the database's clock. */
  deadline: number;
}

export interface FactTable {
  name: 'key-check';
  value: string;
}

export interface OwnTables {
  audit: AuditTable;
  leases: LeaseTable;
  cloud_facts: FactTable;
}

/** Every table of the controller, as each service declares its own in its `tables.ts`. */
export interface Database
  extends
    OwnTables,
    IdentityTables,
    CatalogueTables,
    ComputeTables,
    ControllerTables,
    EnrolmentTables,
    NetworkTables,
    ImageTables,
    PlacementTables,
    VolumeTables {}
