import type { Policy } from './policy.ts';

/** Who may do what with Glance's API. */
export const imagePolicy: Policy = {
  'versions:choices': 'public',
  'versions:list': 'public',

  'images:create': 'member',
  'images:list': 'reader',
  'images:show': 'reader',
  'images:update': 'member',
  'images:delete': 'member',
  'images:upload': 'member',
  'images:stage': 'member',
  'images:download': 'member',
  'images:import': 'member',
  'images:tasks': 'reader',
  'images:deactivate': 'member',
  'images:reactivate': 'member',

  'members:list': 'reader',
  'members:create': 'member',
  'members:show': 'reader',
  'members:update': 'member',
  'members:delete': 'member',

  'tags:add': 'member',
  'tags:remove': 'member',

  'schemas:image': 'reader',
  'schemas:images': 'reader',
  'schemas:member': 'reader',
  'schemas:members': 'reader',
  'schemas:task': 'reader',
  'schemas:tasks': 'reader',
  'schemas:metadef-namespace': 'reader',
  'schemas:metadef-namespaces': 'reader',
  'schemas:metadef-resource_type': 'reader',
  'schemas:metadef-resource_types': 'reader',
  'schemas:metadef-object': 'reader',
  'schemas:metadef-objects': 'reader',
  'schemas:metadef-property': 'reader',
  'schemas:metadef-properties': 'reader',
  'schemas:metadef-tag': 'reader',
  'schemas:metadef-tags': 'reader',

  'info:import': 'reader',
  'info:stores': 'reader',
  'info:stores-detail': 'admin',
  'info:usage': 'reader',

  'stores:delete': 'member',

  'tasks:list': 'admin',
  'tasks:show': 'admin',

  'metadef-namespaces:list': 'reader',
  'metadef-namespaces:create': 'admin',
  'metadef-namespaces:show': 'reader',
  'metadef-namespaces:update': 'admin',
  'metadef-namespaces:delete': 'admin',

  'metadef-objects:show': 'reader',
  'metadef-objects:update': 'admin',
  'metadef-objects:delete': 'admin',
  'metadef-objects:delete-all': 'admin',
  'metadef-objects:list': 'reader',
  'metadef-objects:create': 'admin',

  'metadef-properties:show': 'reader',
  'metadef-properties:update': 'admin',
  'metadef-properties:delete': 'admin',
  'metadef-properties:delete-all': 'admin',
  'metadef-properties:list': 'reader',
  'metadef-properties:create': 'admin',

  'metadef-tags:show': 'reader',
  'metadef-tags:update': 'admin',
  'metadef-tags:delete': 'admin',
  'metadef-tags:delete-all': 'admin',
  'metadef-tags:list': 'reader',
  'metadef-tags:create-one': 'admin',
  'metadef-tags:create': 'admin',

  'metadef-resource-types:list': 'reader',

  'metadef-associations:list': 'reader',
  'metadef-associations:create': 'admin',
  'metadef-associations:delete': 'admin',
};
