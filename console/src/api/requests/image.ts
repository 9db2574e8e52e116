// Made of docs/openapi/image.json by: ./potluck openapi --write

export interface ImageRequests {
  'GET /image': object;
  'POST /image/v2/images': {
    body: {
      id?: string;
      name?: string | null;
      visibility?: 'public' | 'private' | 'shared' | 'community';
      protected?: boolean;
      os_hidden?: boolean;
      owner?: string | null;
      container_format?: 'ami' | 'ari' | 'aki' | 'bare' | 'ovf' | 'ova' | 'docker' | null;
      disk_format?: 'ami' | 'ari' | 'aki' | 'vhd' | 'vhdx' | 'vmdk' | 'raw' | 'qcow2' | 'vdi' | 'iso' | 'ploop' | null;
      min_disk?: number;
      min_ram?: number;
      tags?: string[];
      kernel_id?: string | null;
      ramdisk_id?: string | null;
      created_at?: unknown;
      updated_at?: unknown;
      status?: unknown;
      checksum?: unknown;
      size?: unknown;
      virtual_size?: unknown;
      direct_url?: unknown;
      self?: unknown;
      file?: unknown;
      schema?: unknown;
      stores?: unknown;
      os_hash_algo?: unknown;
      os_hash_value?: unknown;
      location?: unknown;
      locations?: unknown;
      deleted?: unknown;
      deleted_at?: unknown;
    };
  };
  'GET /image/v2/images': {
    query?: {
      limit?: string | string[];
      marker?: string | string[];
      sort?: string | string[];
      sort_key?: string | string[];
      sort_dir?: string | string[];
      visibility?: string | string[];
      member_status?: string | string[];
      tag?: string | string[];
      protected?: string | string[];
      os_hidden?: string | string[];
      id?: string | string[];
      name?: string | string[];
      status?: string | string[];
      container_format?: string | string[];
      disk_format?: string | string[];
      owner?: string | string[];
      checksum?: string | string[];
      os_hash_value?: string | string[];
      size?: string | string[];
      virtual_size?: string | string[];
      min_disk?: string | string[];
      min_ram?: string | string[];
      created_at?: string | string[];
      updated_at?: string | string[];
      size_min?: string | string[];
      size_max?: string | string[];
      virtual_size_min?: string | string[];
      virtual_size_max?: string | string[];
      min_disk_min?: string | string[];
      min_disk_max?: string | string[];
      min_ram_min?: string | string[];
      min_ram_max?: string | string[];
    };
  };
  'GET /image/v2/images/{image_id}': { path: { image_id: string } };
  'PATCH /image/v2/images/{image_id}': { path: { image_id: string }; body: Record<string, unknown>[] };
  'DELETE /image/v2/images/{image_id}': { path: { image_id: string } };
  'POST /image/v2/images/{image_id}/actions/deactivate': { path: { image_id: string } };
  'POST /image/v2/images/{image_id}/actions/reactivate': { path: { image_id: string } };
  'PUT /image/v2/images/{image_id}/file': { path: { image_id: string } };
  'GET /image/v2/images/{image_id}/file': { path: { image_id: string } };
  'POST /image/v2/images/{image_id}/import': {
    path: { image_id: string };
    body: {
      method: {
        name: string;
        uri?: string;
        glance_image_id?: string;
        glance_region?: string;
        glance_service_interface?: string;
      };
      stores?: string[];
      all_stores?: boolean;
      all_stores_must_succeed?: boolean;
    };
  };
  'GET /image/v2/images/{image_id}/members': { path: { image_id: string } };
  'POST /image/v2/images/{image_id}/members': { path: { image_id: string }; body: { member: string } };
  'GET /image/v2/images/{image_id}/members/{member_id}': { path: { image_id: string; member_id: string } };
  'PUT /image/v2/images/{image_id}/members/{member_id}': {
    path: { image_id: string; member_id: string };
    body: { status: 'pending' | 'accepted' | 'rejected' };
  };
  'DELETE /image/v2/images/{image_id}/members/{member_id}': { path: { image_id: string; member_id: string } };
  'PUT /image/v2/images/{image_id}/stage': { path: { image_id: string } };
  'PUT /image/v2/images/{image_id}/tags/{tag}': { path: { image_id: string; tag: string } };
  'DELETE /image/v2/images/{image_id}/tags/{tag}': { path: { image_id: string; tag: string } };
  'GET /image/v2/images/{image_id}/tasks': { path: { image_id: string } };
  'GET /image/v2/info/import': object;
  'GET /image/v2/info/stores': object;
  'GET /image/v2/info/stores/detail': object;
  'GET /image/v2/info/usage': object;
  'GET /image/v2/metadefs/namespaces': {
    query?: {
      visibility?: 'public' | 'private';
      resource_types?: string;
      limit?: string;
      marker?: string;
      sort_key?: 'created_at' | 'updated_at' | 'namespace';
      sort_dir?: 'asc' | 'desc';
    };
  };
  'POST /image/v2/metadefs/namespaces': {
    body: {
      namespace: string;
      display_name?: string;
      description?: string;
      visibility?: 'public' | 'private';
      protected?: boolean;
      owner?: string;
      resource_type_associations?: {
        name: string;
        prefix?: string;
        properties_target?: string;
        created_at?: string;
        updated_at?: string;
        self?: string;
        schema?: string;
      }[];
      properties?: Record<
        string,
        {
          title: string;
          type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
          description?: string;
          operators?: string[];
          default?: unknown;
          readonly?: boolean;
          confidential?: boolean;
          minimum?: number;
          maximum?: number;
          enum?: unknown[];
          pattern?: string;
          minLength?: number;
          maxLength?: number;
          items?: Record<string, unknown>;
          uniqueItems?: boolean;
          minItems?: number;
          maxItems?: number;
          additionalItems?: boolean;
          name?: string;
        }
      >;
      objects?: {
        name: string;
        description?: string;
        required?: string[];
        properties?: Record<
          string,
          {
            title: string;
            type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
            description?: string;
            operators?: string[];
            default?: unknown;
            readonly?: boolean;
            confidential?: boolean;
            minimum?: number;
            maximum?: number;
            enum?: unknown[];
            pattern?: string;
            minLength?: number;
            maxLength?: number;
            items?: Record<string, unknown>;
            uniqueItems?: boolean;
            minItems?: number;
            maxItems?: number;
            additionalItems?: boolean;
            name?: string;
          }
        >;
        created_at?: string;
        updated_at?: string;
        self?: string;
        schema?: string;
      }[];
      tags?: { name: string; created_at?: string; updated_at?: string; self?: string; schema?: string }[];
      created_at?: string;
      updated_at?: string;
      self?: string;
      schema?: string;
    };
  };
  'GET /image/v2/metadefs/namespaces/{namespace}': { path: { namespace: string }; query?: { resource_type?: string } };
  'PUT /image/v2/metadefs/namespaces/{namespace}': {
    path: { namespace: string };
    body: {
      namespace: string;
      display_name?: string;
      description?: string;
      visibility?: 'public' | 'private';
      protected?: boolean;
      owner?: string;
      resource_type_associations?: {
        name: string;
        prefix?: string;
        properties_target?: string;
        created_at?: string;
        updated_at?: string;
        self?: string;
        schema?: string;
      }[];
      properties?: Record<
        string,
        {
          title: string;
          type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
          description?: string;
          operators?: string[];
          default?: unknown;
          readonly?: boolean;
          confidential?: boolean;
          minimum?: number;
          maximum?: number;
          enum?: unknown[];
          pattern?: string;
          minLength?: number;
          maxLength?: number;
          items?: Record<string, unknown>;
          uniqueItems?: boolean;
          minItems?: number;
          maxItems?: number;
          additionalItems?: boolean;
          name?: string;
        }
      >;
      objects?: {
        name: string;
        description?: string;
        required?: string[];
        properties?: Record<
          string,
          {
            title: string;
            type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
            description?: string;
            operators?: string[];
            default?: unknown;
            readonly?: boolean;
            confidential?: boolean;
            minimum?: number;
            maximum?: number;
            enum?: unknown[];
            pattern?: string;
            minLength?: number;
            maxLength?: number;
            items?: Record<string, unknown>;
            uniqueItems?: boolean;
            minItems?: number;
            maxItems?: number;
            additionalItems?: boolean;
            name?: string;
          }
        >;
        created_at?: string;
        updated_at?: string;
        self?: string;
        schema?: string;
      }[];
      tags?: { name: string; created_at?: string; updated_at?: string; self?: string; schema?: string }[];
      created_at?: string;
      updated_at?: string;
      self?: string;
      schema?: string;
    };
  };
  'DELETE /image/v2/metadefs/namespaces/{namespace}': { path: { namespace: string } };
  'DELETE /image/v2/metadefs/namespaces/{namespace}/objects': { path: { namespace: string } };
  'GET /image/v2/metadefs/namespaces/{namespace}/objects': {
    path: { namespace: string };
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: 'name' | 'created_at' | 'updated_at';
      sort_dir?: 'asc' | 'desc';
      resource_type?: string;
    };
  };
  'POST /image/v2/metadefs/namespaces/{namespace}/objects': {
    path: { namespace: string };
    body: {
      name: string;
      description?: string;
      required?: string[];
      properties?: Record<
        string,
        {
          title: string;
          type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
          description?: string;
          operators?: string[];
          default?: unknown;
          readonly?: boolean;
          confidential?: boolean;
          minimum?: number;
          maximum?: number;
          enum?: unknown[];
          pattern?: string;
          minLength?: number;
          maxLength?: number;
          items?: Record<string, unknown>;
          uniqueItems?: boolean;
          minItems?: number;
          maxItems?: number;
          additionalItems?: boolean;
          name?: string;
        }
      >;
      created_at?: string;
      updated_at?: string;
      self?: string;
      schema?: string;
    };
  };
  'GET /image/v2/metadefs/namespaces/{namespace}/objects/{name}': {
    path: { namespace: string; name: string };
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: 'name' | 'created_at' | 'updated_at';
      sort_dir?: 'asc' | 'desc';
      resource_type?: string;
    };
  };
  'PUT /image/v2/metadefs/namespaces/{namespace}/objects/{name}': {
    path: { namespace: string; name: string };
    body: {
      name: string;
      description?: string;
      required?: string[];
      properties?: Record<
        string,
        {
          title: string;
          type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
          description?: string;
          operators?: string[];
          default?: unknown;
          readonly?: boolean;
          confidential?: boolean;
          minimum?: number;
          maximum?: number;
          enum?: unknown[];
          pattern?: string;
          minLength?: number;
          maxLength?: number;
          items?: Record<string, unknown>;
          uniqueItems?: boolean;
          minItems?: number;
          maxItems?: number;
          additionalItems?: boolean;
          name?: string;
        }
      >;
      created_at?: string;
      updated_at?: string;
      self?: string;
      schema?: string;
    };
  };
  'DELETE /image/v2/metadefs/namespaces/{namespace}/objects/{name}': { path: { namespace: string; name: string } };
  'DELETE /image/v2/metadefs/namespaces/{namespace}/properties': { path: { namespace: string } };
  'GET /image/v2/metadefs/namespaces/{namespace}/properties': {
    path: { namespace: string };
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: 'name' | 'created_at' | 'updated_at';
      sort_dir?: 'asc' | 'desc';
      resource_type?: string;
    };
  };
  'POST /image/v2/metadefs/namespaces/{namespace}/properties': {
    path: { namespace: string };
    body: {
      name: string;
      title: string;
      type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
      description?: string;
      operators?: string[];
      default?: unknown;
      readonly?: boolean;
      confidential?: boolean;
      minimum?: number;
      maximum?: number;
      enum?: unknown[];
      pattern?: string;
      minLength?: number;
      maxLength?: number;
      items?: Record<string, unknown>;
      uniqueItems?: boolean;
      minItems?: number;
      maxItems?: number;
      additionalItems?: boolean;
    };
  };
  'GET /image/v2/metadefs/namespaces/{namespace}/properties/{name}': {
    path: { namespace: string; name: string };
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: 'name' | 'created_at' | 'updated_at';
      sort_dir?: 'asc' | 'desc';
      resource_type?: string;
    };
  };
  'PUT /image/v2/metadefs/namespaces/{namespace}/properties/{name}': {
    path: { namespace: string; name: string };
    body: {
      name: string;
      title: string;
      type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
      description?: string;
      operators?: string[];
      default?: unknown;
      readonly?: boolean;
      confidential?: boolean;
      minimum?: number;
      maximum?: number;
      enum?: unknown[];
      pattern?: string;
      minLength?: number;
      maxLength?: number;
      items?: Record<string, unknown>;
      uniqueItems?: boolean;
      minItems?: number;
      maxItems?: number;
      additionalItems?: boolean;
    };
  };
  'DELETE /image/v2/metadefs/namespaces/{namespace}/properties/{name}': { path: { namespace: string; name: string } };
  'GET /image/v2/metadefs/namespaces/{namespace}/resource_types': { path: { namespace: string } };
  'POST /image/v2/metadefs/namespaces/{namespace}/resource_types': {
    path: { namespace: string };
    body: {
      name: string;
      prefix?: string;
      properties_target?: string;
      created_at?: string;
      updated_at?: string;
      self?: string;
      schema?: string;
    };
  };
  'DELETE /image/v2/metadefs/namespaces/{namespace}/resource_types/{name}': {
    path: { namespace: string; name: string };
  };
  'DELETE /image/v2/metadefs/namespaces/{namespace}/tags': { path: { namespace: string } };
  'GET /image/v2/metadefs/namespaces/{namespace}/tags': {
    path: { namespace: string };
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: 'name' | 'created_at' | 'updated_at';
      sort_dir?: 'asc' | 'desc';
      resource_type?: string;
    };
  };
  'POST /image/v2/metadefs/namespaces/{namespace}/tags': {
    path: { namespace: string };
    body: { tags: { name: string; created_at?: string; updated_at?: string; self?: string; schema?: string }[] };
  };
  'GET /image/v2/metadefs/namespaces/{namespace}/tags/{name}': {
    path: { namespace: string; name: string };
    query?: {
      limit?: string;
      marker?: string;
      sort_key?: 'name' | 'created_at' | 'updated_at';
      sort_dir?: 'asc' | 'desc';
      resource_type?: string;
    };
  };
  'PUT /image/v2/metadefs/namespaces/{namespace}/tags/{name}': {
    path: { namespace: string; name: string };
    body: { name: string; created_at?: string; updated_at?: string; self?: string; schema?: string };
  };
  'DELETE /image/v2/metadefs/namespaces/{namespace}/tags/{name}': { path: { namespace: string; name: string } };
  'POST /image/v2/metadefs/namespaces/{namespace}/tags/{name}': { path: { namespace: string; name: string } };
  'GET /image/v2/metadefs/resource_types': object;
  'GET /image/v2/schemas/image': object;
  'GET /image/v2/schemas/images': object;
  'GET /image/v2/schemas/member': object;
  'GET /image/v2/schemas/members': object;
  'GET /image/v2/schemas/metadefs/namespace': object;
  'GET /image/v2/schemas/metadefs/namespaces': object;
  'GET /image/v2/schemas/metadefs/object': object;
  'GET /image/v2/schemas/metadefs/objects': object;
  'GET /image/v2/schemas/metadefs/properties': object;
  'GET /image/v2/schemas/metadefs/property': object;
  'GET /image/v2/schemas/metadefs/resource_type': object;
  'GET /image/v2/schemas/metadefs/resource_types': object;
  'GET /image/v2/schemas/metadefs/tag': object;
  'GET /image/v2/schemas/metadefs/tags': object;
  'GET /image/v2/schemas/task': object;
  'GET /image/v2/schemas/tasks': object;
  'DELETE /image/v2/stores/{store_id}/{image_id}': { path: { store_id: string; image_id: string } };
  'GET /image/v2/tasks': {
    query?: {
      limit?: string;
      marker?: string;
      status?: 'pending' | 'processing' | 'success' | 'failure';
      type?: string;
      sort_key?: 'created_at' | 'updated_at' | 'status' | 'type' | 'id';
      sort_dir?: 'asc' | 'desc';
    };
  };
  'GET /image/v2/tasks/{task_id}': { path: { task_id: string } };
  'GET /image/versions': object;
}
