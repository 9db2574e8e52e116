import type { Migration } from '../migrate.ts';

/** Images and what hangs on them; the data itself is in files below `images/` in the state directory. */
export const image: Migration = {
  name: '0003-image',
  async up(db) {
    await db.schema
      .createTable('images')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('visibility', 'text', (column) => column.notNull())
      .addColumn('owner', 'text')
      .addColumn('container_format', 'text')
      .addColumn('disk_format', 'text')
      .addColumn('min_disk', 'integer', (column) => column.notNull())
      .addColumn('min_ram', 'integer', (column) => column.notNull())
      .addColumn('protected', 'integer', (column) => column.notNull())
      .addColumn('os_hidden', 'integer', (column) => column.notNull())
      .addColumn('size', 'bigint')
      .addColumn('virtual_size', 'bigint')
      .addColumn('checksum', 'text')
      .addColumn('sha512', 'text')
      .addColumn('sha256', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('upload_id', 'text')
      .addColumn('upload_seen_at', 'bigint')
      .execute();
    await db.schema.createIndex('images_owner').on('images').column('owner').execute();
    await db.schema.createIndex('images_status').on('images').column('status').execute();
    await db.schema.createIndex('images_created').on('images').columns(['created_at', 'id']).execute();
    for (const [table, name] of [
      ['image_properties', 'name'],
      ['image_tags', 'tag'],
      ['image_members', 'member_id'],
    ] as const) {
      const create = db.schema
        .createTable(table)
        .addColumn('image_id', 'text', (column) => column.notNull().references('images.id').onDelete('cascade'))
        .addColumn(name, 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint(`${table}_key`, ['image_id', name]);
      if (table === 'image_properties') {
        await create.addColumn('value', 'text', (column) => column.notNull()).execute();
      } else if (table === 'image_members') {
        await create
          .addColumn('status', 'text', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
          .addColumn('updated_at', 'bigint', (column) => column.notNull())
          .execute();
      } else {
        await create.execute();
      }
    }
    await db.schema.createIndex('image_members_member').on('image_members').column('member_id').execute();
    await db.schema
      .createTable('image_tasks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('image_id', 'text', (column) => column.notNull().references('images.id').onDelete('cascade'))
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('owner', 'text')
      .addColumn('user_id', 'text')
      .addColumn('request_id', 'text', (column) => column.notNull())
      .addColumn('input', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('image_tasks_image').on('image_tasks').column('image_id').execute();
  },
};
