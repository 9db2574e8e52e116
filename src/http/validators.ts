import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

// What is not of its schema is refused as it came: nothing is converted or dropped, only defaults are set.
const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, useDefaults: true, addUsedSchema: false });
addFormats.default(ajv);

/** Compiles a schema now; throws where it is not one. The same schema is compiled once a process. */
export const compileSchema = (schema: TSchema): ValidateFunction => ajv.compile(schema);

/**
 * Compiles a route's schema when its first request comes. A controller meets a few of its thousand schemas, and to
 * compile all took half of its start.
 */
export const lazyValidator: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const validate: ReturnType<typeof lazyValidator> = (data) => {
    const check = compileSchema(schema);
    const valid = check(data);
    validate.errors = (check.errors as typeof validate.errors) ?? null;
    return valid;
  };
  return validate;
};
