import { Type } from 'typebox';
import { badRequest } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';
import { Nullable, Strict, parseBool } from '../http/schemas.ts';

export const Text = Type.String({ maxLength: 255 });
export const Name = Type.Optional(Nullable(Text));
export const MaybeId = Type.Optional(Nullable(Type.String({ maxLength: 255 })));
/** Older clients write truth as text. */
export const Truth = Type.Union([
  Type.Boolean(),
  Type.String({ maxLength: 10 }),
  Type.Integer({ minimum: 0, maximum: 1 }),
]);
/** Checked by `checkProperties`, whose words say which item is wrong. */
export const Metadata = Type.Record(Type.String(), Type.Unknown());
export const AnyQuery = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]));
export const VolumeParams = Strict({ volume_id: Type.String() });
export const SnapshotParams = Strict({ snapshot_id: Type.String() });

/** Throws ApiError 400 for what is neither yes nor no. */
export function truth(name: string, value: boolean | string | number | undefined, otherwise = false): boolean {
  if (value === undefined) return otherwise;
  if (typeof value === 'boolean') return value;
  const read = parseBool(String(value));
  if (read === undefined) throw badRequest(`Invalid value for ${name}: ${value}. Say true or false.`);
  return read;
}

/** Throws ApiError 400 for what does not have the form of an id. */
export function checkUuid(name: string, value: string): void {
  if (!isUuid(value)) throw badRequest(`Invalid ${name} ${value}: it must be a UUID.`);
}

/** A size in GiB: a whole number, or a text of one. Throws ApiError 400. */
export function sizeOf(name: string, value: number | string | null | undefined): number | null {
  if (value === undefined || value === null) return null;
  const size = typeof value === 'number' ? value : /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (!Number.isInteger(size) || size < 1 || size > 1_048_576) {
    throw badRequest(`Invalid input received: ${name} must be a whole number of GiB, 1 or more; it is ${value}.`);
  }
  return size;
}

/** Whether a member was sent, and not as null. */
export const given = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;
