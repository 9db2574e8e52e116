import { Type, type TProperties, type TSchema } from 'typebox';

/** An object that takes no other members. */
export const Strict = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** A value that may also be null. */
export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** One query parameter that may be given several times. */
export const Repeatable = Type.Union([Type.String(), Type.Array(Type.String())]);

/** All values of a repeatable query parameter. */
export function values(parameter: string | string[] | undefined): string[] {
  if (parameter === undefined) return [];
  return Array.isArray(parameter) ? parameter : [parameter];
}

/** `true`, `1`, `yes`, `on`… as OpenStack's oslo strutils reads them; undefined when it is none of them. */
export function parseBool(text: string): boolean | undefined {
  if (/^(t|true|on|y|yes|1)$/i.test(text)) return true;
  if (/^(f|false|off|n|no|0)$/i.test(text)) return false;
  return undefined;
}
