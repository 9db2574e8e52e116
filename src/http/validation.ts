import type { FastifyError } from 'fastify';

/** A sentence that names the field and what is wrong with it, as Nova words its own. */
export function validationMessage(error: FastifyError): string {
  const first = error.validation?.[0];
  if (!first) return error.message;
  const field = first.instancePath.split('/').filter(Boolean).join('.') || (error.validationContext ?? 'body');
  const params = first.params as Record<string, unknown>;
  switch (first.keyword) {
    case 'additionalProperties':
      return `Additional properties are not allowed ('${String(params.additionalProperty)}' was unexpected in ${field}).`;
    case 'required':
      return `Invalid input for field/attribute ${field}. '${String(params.missingProperty)}' is a required property.`;
    case 'enum':
      return `Invalid input for field/attribute ${field}. It must be one of ${JSON.stringify(params.allowedValues)}.`;
    default:
      return `Invalid input for field/attribute ${field}. It ${first.message ?? 'is not valid'}.`;
  }
}
