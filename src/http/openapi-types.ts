type Json = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * TypeScript of the requests of one OpenAPI document (made by openapi.ts): an interface with a member for each
 * operation, `'POST /compute/v2.1/servers': { path: …; query: …; body: … }`, for clients written in TypeScript.
 * The same document gives the same text. Pure.
 */
export function requestTypes(name: string, document: Json): string {
  const lines = Object.entries(objectOf(document.paths)).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods)).map(([method, operation]) => {
      const key = `${method.toUpperCase()} ${path}`;
      return `  ${JSON.stringify(key)}: ${operationType(objectOf(operation))};`;
    }),
  );
  return [
    `// Made of docs/openapi/${name}.json by: ./potluck openapi --write`,
    '',
    `export interface ${interfaceOf(name)} {`,
    ...lines,
    '}',
    '',
  ].join('\n');
}

/** Of the files that `requestTypes` gives for documents of these names: all of their operations as one type. */
export function requestTypesIndex(names: readonly string[]): string {
  return [
    '// Made of docs/openapi/ by: ./potluck openapi --write',
    '',
    ...names.map((name) => `import type { ${interfaceOf(name)} } from './${name}.ts';`),
    '',
    `export interface Requests extends ${names.map(interfaceOf).join(', ')} {}`,
    '',
  ].join('\n');
}

const interfaceOf = (name: string) =>
  `${name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}Requests`;

function operationType(operation: Json): string {
  const parameters = listOf(operation.parameters);
  const members = (['path', 'query'] as const).flatMap((place) => {
    const those = parameters.filter((one) => one.in === place);
    if (those.length === 0) return [];
    const inside = those.map((one) => member(String(one.name), objectOf(one.schema), one.required === true));
    const optional = place === 'query' && those.every((one) => one.required !== true);
    return [`${place}${optional ? '?' : ''}: { ${inside.join('; ')} }`];
  });
  const content = Object.entries(objectOf(objectOf(operation.requestBody).content));
  const [, json] = content[0] ?? [];
  if (json !== undefined) members.push(`body: ${typeOf(objectOf(json).schema)}`);
  return members.length === 0 ? 'object' : `{ ${members.join('; ')} }`;
}

const member = (name: string, schema: Json, required: boolean) =>
  `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}${required ? '' : '?'}: ${typeOf(schema)}`;

/** The type of what a JSON schema lets through; what types cannot say (lengths, patterns) is left to the server. */
function typeOf(value: unknown): string {
  const schema = objectOf(value);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return union(schema.enum.map((one) => JSON.stringify(one)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(listOf(choices).map(typeOf));
  if (schema.allOf !== undefined) return listOf(schema.allOf).map(typeOf).map(grouped).join(' & ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `${grouped(typeOf(schema.items))}[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function objectType(schema: Json): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const members = Object.entries(objectOf(schema.properties)).map(([name, one]) =>
    member(name, objectOf(one), required.includes(name)),
  );
  const patterns = Object.values(objectOf(schema.patternProperties)).map(typeOf);
  // An object with some named members and some by a pattern: an index signature would have to fit all of them.
  if (members.length > 0) return `{ ${members.join('; ')} }`;
  if (patterns.length > 0) return `Record<string, ${union(patterns)}>`;
  return schema.additionalProperties === false ? 'Record<string, never>' : 'Record<string, unknown>';
}

const union = (types: readonly string[]) => {
  const different = [...new Set(types)];
  return different.includes('unknown') || different.length === 0 ? 'unknown' : different.join(' | ');
};

const grouped = (type: string) => (/ [|&] /.test(type) ? `(${type})` : type);
