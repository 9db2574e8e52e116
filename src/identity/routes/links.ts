import { notFound } from '../../core/errors.ts';
import { noContent, ok, route, type Call, type Reply, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { requireSeesAll } from '../policy.ts';
import { IdParams } from '../wire/common.ts';

type Params = Record<string, string>;

/** Something that is tied to something else, by a URL that names both: asked about, tied, untied. */
export interface Link {
  /** `endpoint-in-project`: names the operations. */
  name: string;
  /** What Keystone's messages call it. */
  title: string;
  path: string;
  params: readonly string[];
  /** Throws ApiError 404 for an end that does not exist. */
  requireEnds: (db: Reader, params: Params) => Promise<void>;
  exists: (db: Reader, params: Params) => Promise<boolean>;
  insert: (tx: Tx, params: Params) => Promise<void>;
  remove: (tx: Tx, params: Params) => Promise<void>;
  /** What a question is answered with; nothing unless told. */
  show?: (call: Pick<Call, 'app'>, params: Params) => Promise<object>;
}

/** The three operations of a link. Tying twice is as good as once. */
export function linkRoutes(link: Link): Route[] {
  const { name, path } = link;
  const params = IdParams(...link.params);
  const missingLink = (given: Params) =>
    notFound(`Could not find ${link.title}: ${link.params.map((key) => given[key]).join(', ')}.`);
  const check = route({
    operation: `${name}:check`,
    method: 'GET',
    path,
    params,
    async handler(call): Promise<Reply> {
      requireSeesAll(call.context, `check_${name.replaceAll('-', '_')}`);
      const db = call.app.store.read;
      await link.requireEnds(db, call.params);
      if (!(await link.exists(db, call.params))) throw missingLink(call.params);
      return link.show ? ok(await link.show(call, call.params)) : noContent();
    },
  });
  const add = route({
    operation: `${name}:add`,
    method: 'PUT',
    path,
    params,
    async handler({ app, context, params: given }): Promise<Reply> {
      await app.store.transaction(async (tx) => {
        await link.requireEnds(tx.db, given);
        if (await link.exists(tx.db, given)) return;
        await link.insert(tx, given);
        await writeAudit(tx, context, `identity:${name}:add`, given[link.params[0] ?? ''] ?? null, given);
      });
      return noContent();
    },
  });
  const remove = route({
    operation: `${name}:remove`,
    method: 'DELETE',
    path,
    params,
    async handler({ app, context, params: given }): Promise<Reply> {
      await app.store.transaction(async (tx) => {
        await link.requireEnds(tx.db, given);
        if (!(await link.exists(tx.db, given))) throw missingLink(given);
        await link.remove(tx, given);
        await writeAudit(tx, context, `identity:${name}:remove`, given[link.params[0] ?? ''] ?? null, given);
      });
      return noContent();
    },
  });
  return [check, add, remove];
}
