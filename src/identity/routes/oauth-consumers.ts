import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import { Strict } from '../../http/schemas.ts';
import { fromJson, toJson } from '../../store/json.ts';
import { openSecret, sealSecret, type ConsumerRow } from '../store/oauth.ts';
import { Description, extraOf, mergedExtra, Open, OpenPatch, urlOf } from '../wire/common.ts';
import { changeRoutes, readRoutes, type Resource } from './resource.ts';

/* OS-OAUTH1: programs that users may let act for them. */

const members = { description: Type.Optional(Description) };
const MEMBERS = ['description', 'secret'];

const consumers: Resource<ConsumerRow> = {
  table: 'oauth_consumers',
  plural: 'consumers',
  singular: 'consumer',
  path: '/OS-OAUTH1/consumers',
  filters: { description: 'text' },
  order: ['id'],
  render: (call, row) => ({
    ...fromJson<object>(row.extra),
    id: row.id,
    description: row.description,
    links: { self: urlOf(call, `/OS-OAUTH1/consumers/${row.id}`) },
  }),
};

export const oauthConsumerRoutes = [
  ...readRoutes(consumers),
  ...changeRoutes(consumers, {
    create: Strict({ consumer: Open(members) }),
    make: ({ consumer }, { app }) => ({
      id: newHexId(),
      description: consumer.description ?? null,
      sealed_secret: sealSecret(app.secrets, newHexId()),
      extra: toJson(extraOf(consumer, MEMBERS)),
    }),
    update: Strict({ consumer: OpenPatch(members) }),
    change: (old, { consumer }) => {
      if ('secret' in consumer) throw badRequest('The secret of a consumer cannot be changed: make another consumer.');
      return {
        description: consumer.description === undefined ? old.description : consumer.description,
        extra: toJson(mergedExtra(old.extra, extraOf(consumer, MEMBERS))),
      };
    },
    secret: ({ app }, row) => ({ secret: openSecret(app.secrets, row) }),
    async beforeDelete(tx, row, revocations) {
      await revocations.revoke(tx, 'oauth_consumer', row.id);
    },
  }),
];
