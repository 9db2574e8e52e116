import type { Migration } from '../migrate.ts';

/** From where a browser signed in, so that people recognise their own sessions. */
export const sessionPlaces: Migration = {
  name: '0067-session-places',
  async up(db) {
    await db.schema.alterTable('sessions').addColumn('user_agent', 'text').execute();
    await db.schema.alterTable('sessions').addColumn('address', 'text').execute();
  },
};
