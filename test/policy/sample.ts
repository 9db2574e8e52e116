/** As much of JSON Schema as the routes' schemas use. */
interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minProperties?: number;
  minLength?: number;
  minimum?: number;
  pattern?: string;
  format?: string;
}

/** The smallest value that fits a schema, as far as that can be told: required members, first alternatives. */
export function sample(schema: Schema): unknown {
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sample(schema.anyOf[0] ?? {});
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(sample)) as unknown;
  switch (schema.type ?? '') {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      // One wrapper around everything, even where a schema leaves it optional.
      const names = required.length > 0 ? required : Object.keys(properties).slice(0, schema.minProperties ?? 0);
      return Object.fromEntries(names.map((name) => [name, sample(properties[name] ?? {})]));
    }
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}));
    case 'string':
      return 'x'.repeat(Math.max(1, schema.minLength ?? 1));
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {};
  }
}
