type Json = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/**
 * TypeScript of one OpenAPI document (made by openapi.ts), for clients written in it: an interface with a member for the
 * request of each operation, `'POST /compute/v2.1/servers': { path: …; query: …; body: … }`, and one with the answers of those
 * that document them. The same document gives the same text. Pure.
 */
export function openApiTypes(name: string, document: Json): string {
  const operations = operationsOf(document);
  const answers = operations.filter(([, operation]) => answerOf(operation) !== undefined);
  return [
    `// Made of docs/openapi/${name}.json by: ./potluck openapi --write`,
    '',
    `export interface ${interfaceOf(name, 'Requests')} {`,
    ...operations.map(([key, operation]) => `  ${JSON.stringify(key)}: ${operationType(operation)};`),
    '}',
    ...(answers.length === 0 ? [] : ['', `export interface ${interfaceOf(name, 'Answers')} {`]),
    ...answers.map(([key, operation]) => `  ${JSON.stringify(key)}: ${typeOf(answerOf(operation))};`),
    ...(answers.length === 0 ? [] : ['}']),
    '',
  ].join('\n');
}

/** Of the files that `openApiTypes` gives for these documents: all of their operations as one type, all of their answers as another. */
export function openApiTypesIndex(documents: ReadonlyMap<string, Json>): string {
  const names = [...documents.keys()];
  const answering = names.filter((name) =>
    operationsOf(documents.get(name) ?? {}).some(([, operation]) => answerOf(operation) !== undefined),
  );
  const kindsOf = (name: string) =>
    answering.includes(name) ? (['Answers', 'Requests'] as const) : (['Requests'] as const);
  return [
    '// Made of docs/openapi/ by: ./potluck openapi --write',
    '',
    ...names.map((name) => {
      const types = kindsOf(name).map((kind) => interfaceOf(name, kind));
      return `import type { ${types.join(', ')} } from './${name}.ts';`;
    }),
    '',
    `export interface Requests extends ${names.map((name) => interfaceOf(name, 'Requests')).join(', ')} {}`,
    '',
    `export interface Answers extends ${answering.map((name) => interfaceOf(name, 'Answers')).join(', ')} {}`,
    '',
  ].join('\n');
}

const interfaceOf = (name: string, kind: 'Requests' | 'Answers') =>
  `${name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}${kind}`;

/** `'GET /compute/v2.1/servers'` with what the document says of it. */
function operationsOf(document: Json): [string, Json][] {
  return Object.entries(objectOf(document.paths)).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods)).map(([method, operation]): [string, Json] => [
      `${method.toUpperCase()} ${path}`,
      objectOf(operation),
    ]),
  );
}

/** The schema of an operation's successful answer. */
const answerOf = (operation: Json): unknown =>
  objectOf(objectOf(objectOf(objectOf(operation.responses)['2XX']).content)['application/json']).schema;

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
  const others = isObject(schema.additionalProperties) || schema.additionalProperties === true;
  if (members.length > 0) return `{ ${[...members, ...(others ? ['[name: string]: unknown'] : [])].join('; ')} }`;
  if (patterns.length > 0) return `Record<string, ${union(patterns)}>`;
  return schema.additionalProperties === false ? 'Record<string, never>' : 'Record<string, unknown>';
}

const union = (types: readonly string[]) => {
  const different = [...new Set(types)];
  return different.includes('unknown') || different.length === 0 ? 'unknown' : different.join(' | ');
};

const grouped = (type: string) => (/ [|&] /.test(type) ? `(${type})` : type);
