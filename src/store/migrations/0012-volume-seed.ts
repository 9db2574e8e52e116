import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Migration } from '../migrate.ts';

/** The type of volumes whose maker names none; Cinder's name for it. */
export const volumeSeed: Migration = {
  name: '0012-volume-seed',
  async up(db) {
    await sql`insert into volume_types (id, name, description, is_public, extra_specs, created_at)
      values (${randomUUID()}, '__DEFAULT__', 'Default Volume Type', 1, '{}', ${Date.now()})`.execute(db);
  },
};
