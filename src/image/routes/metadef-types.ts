import { Type } from 'typebox';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { METADEF_SCHEMAS } from '../metadefs/schemas.ts';
import {
  associate,
  associationsOf,
  dissociate,
  getNamespace,
  getUnprotected,
  listResourceTypes,
} from '../metadefs/store.ts';
import { AssociationBody, associationView, resourceTypeView } from '../metadefs/wire.ts';
import { NamespaceParams } from './metadef-namespaces.ts';

const list = route({
  operation: 'metadef-resource-types:list',
  method: 'GET',
  path: '/metadefs/resource_types',
  handler: async ({ app }) => ok({ resource_types: (await listResourceTypes(app.store.read)).map(resourceTypeView) }),
});

const listAssociations = route({
  operation: 'metadef-associations:list',
  method: 'GET',
  path: '/metadefs/namespaces/:namespace/resource_types',
  params: NamespaceParams,
  async handler({ app, context, params }) {
    const { namespace } = await getNamespace(app.store.read, context, params.namespace);
    const rows = await associationsOf(app.store.read, [namespace]);
    return ok({ resource_type_associations: rows.map(associationView) });
  },
});

const create = route({
  operation: 'metadef-associations:create',
  method: 'POST',
  path: '/metadefs/namespaces/:namespace/resource_types',
  params: NamespaceParams,
  body: AssociationBody,
  async handler({ app, context, params, body }) {
    const row = await app.store.transaction(async (tx) => {
      const { namespace } = await getNamespace(tx.db, context, params.namespace);
      const { name, prefix = null, properties_target = null } = body;
      await writeAudit(tx, context, 'image:metadef-associations:create', `${namespace}/${name}`);
      return associate(tx, context.now, { namespace, resource_type: name, prefix, properties_target });
    });
    return created(associationView(row));
  },
});

const remove = route({
  operation: 'metadef-associations:delete',
  method: 'DELETE',
  path: '/metadefs/namespaces/:namespace/resource_types/:name',
  params: Type.Object({ namespace: Type.String(), name: Type.String() }),
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const { namespace } = await getUnprotected(tx.db, context, params.namespace);
      await dissociate(tx, namespace, params.name);
      await writeAudit(tx, context, 'image:metadef-associations:delete', `${namespace}/${params.name}`);
    });
    return noContent();
  },
});

const schemas = Object.entries(METADEF_SCHEMAS).map(([name, schema]) =>
  route({
    operation: `schemas:metadef-${name}`,
    method: 'GET',
    path: `/schemas/metadefs/${name}`,
    handler: async () => ok(schema),
  }),
);

export const metadefTypeRoutes: readonly Route[] = [list, listAssociations, create, remove, ...schemas];
