import { sql } from 'kysely';
import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict, parseBool } from '../../http/schemas.ts';
import { atLeast } from '../../http/microversions.ts';
import { writeAudit } from '../../store/audit.ts';
import { createVolume } from '../create.ts';
import { deleteVolume } from '../delete.ts';
import { asksForAll, listRows } from '../list.ts';
import { cleanName, type VolumeRow } from '../model.ts';
import { checkProperties, writeProperties } from '../properties.ts';
import { planFromRequest, VolumeBody } from '../request.ts';
import { VOLUMES } from '../specs.ts';
import { since } from '../versions.ts';
import { volumeSummary, volumeView } from '../views.ts';
import { changeVolume, fullVolume, volumeById, withDetails } from '../volumes-store.ts';
import { AnyQuery, Metadata, Name, VolumeParams } from '../wire.ts';

const list = (detail: boolean) =>
  since('3.0', {
    operation: detail ? 'volumes:detail' : 'volumes:list',
    method: 'GET',
    path: detail ? '/volumes/detail' : '/volumes',
    query: AnyQuery,
    async handler(call) {
      const { app, context, version, query } = call;
      const path = detail ? 'volumes/detail' : 'volumes';
      const { rows, count, links } = await listRows<VolumeRow>(app, context, version, query, VOLUMES, { path });
      const volumes = detail
        ? (await withDetails(app.store.read, rows)).map((row) => volumeView(call, row))
        : rows.map((row) => volumeSummary(call, row));
      return ok({ volumes, ...links, ...(count !== null && { count }) });
    },
  });

const create = since('3.0', {
  operation: 'volumes:create',
  method: 'POST',
  path: '/volumes',
  body: VolumeBody,
  async handler(call) {
    const { app, context, body, version } = call;
    const id = await app.store.transaction(async (tx) => {
      const plan = await planFromRequest(tx.db, context, version, body);
      return (await createVolume(tx, context, plan)).id;
    });
    const volume = await fullVolume(app.store.read, context, id);
    return accepted({ volume: volumeView(call, volume, { created: true }) });
  },
});

const show = since('3.0', {
  operation: 'volumes:show',
  method: 'GET',
  path: '/volumes/:volume_id',
  params: VolumeParams,
  async handler(call) {
    const { app, context, params } = call;
    return ok({ volume: volumeView(call, await fullVolume(app.store.read, context, params.volume_id)) });
  },
});

const update = since('3.0', {
  operation: 'volumes:update',
  method: 'PUT',
  path: '/volumes/:volume_id',
  params: VolumeParams,
  body: Strict({
    volume: Strict({
      name: Name,
      description: Name,
      display_name: Name,
      display_description: Name,
      metadata: Type.Optional(Nullable(Metadata)),
    }),
  }),
  async handler(call) {
    const { app, context, params, body, version } = call;
    const { volume: change } = body;
    if (Object.keys(change).length === 0 && atLeast(version, '3.53')) {
      throw badRequest('Give a name, a description or metadata to change.');
    }
    await app.store.transaction(async (tx) => {
      const row = await volumeById(tx.db, context, params.volume_id);
      const name = change.name === undefined ? change.display_name : change.name;
      const description = change.description === undefined ? change.display_description : change.description;
      await changeVolume(tx, row, context.now, {
        ...(name !== undefined && { name: cleanName(name) }),
        ...(description !== undefined && { description: cleanName(description) }),
      });
      if (change.metadata) {
        await writeProperties(tx, 'volume', row.id, checkProperties(change.metadata), { keep: false });
      }
      await writeAudit(tx, context, 'volume:volumes:update', row.id, { name: name ?? row.name });
    });
    const volume = await fullVolume(app.store.read, context, params.volume_id);
    return ok({ volume: volumeView(call, volume, { created: true }) });
  },
});

const remove = since('3.0', {
  operation: 'volumes:delete',
  method: 'DELETE',
  path: '/volumes/:volume_id',
  params: VolumeParams,
  query: AnyQuery,
  async handler({ app, context, params, query, version }) {
    const cascade = parseBool(String(query.cascade ?? 'false')) === true;
    const force = parseBool(String(query.force ?? 'false')) === true && atLeast(version, '3.23') && context.isAdmin;
    await deleteVolume(app, context, params.volume_id, { cascade, force });
    return accepted();
  },
});

const summary = since('3.12', {
  operation: 'volumes:summary',
  method: 'GET',
  path: '/volumes/summary',
  query: AnyQuery,
  async handler({ app, context, query, version }) {
    const all = asksForAll(context, query);
    const project = context.projectId ?? '';
    const mine = all ? sql`managed = 1` : sql`managed = 1 and project_id = ${project}`;
    const total = await sql<{ count: number; size: number }>`select count(*) as count,
      coalesce(sum(size_gib), 0) as size from volumes where ${mine}`.execute(app.store.read);
    const properties = await sql<{ name: string; value: string }>`select distinct name, value from volume_properties
      where kind = 'volume' and owner_id in (select id from volumes where ${mine}) order by name, value`.execute(
      app.store.read,
    );
    const metadata: Record<string, string[]> = {};
    for (const { name, value } of properties.rows) metadata[name] = [...(metadata[name] ?? []), value];
    const row = total.rows[0];
    return ok({
      'volume-summary': {
        total_size: row?.size ?? 0,
        total_count: row?.count ?? 0,
        ...(atLeast(version, '3.36') && { metadata }),
      },
    });
  },
});

export const volumeRoutes: Route[] = [list(false), list(true), create, summary, show, update, remove];
