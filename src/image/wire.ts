import { Type, type Static, type TSchema } from 'typebox';
import { isoSeconds } from '../core/clock.ts';
import type { ImageId } from '../core/ids.ts';
import type { Selectable } from 'kysely';
import type { ImageMemberTable, ImageTable, ImageTaskTable } from './tables.ts';

/** The formats this cloud takes; servers boot raw and qcow2 only. */
export const DISK_FORMATS = [
  'ami',
  'ari',
  'aki',
  'vhd',
  'vhdx',
  'vmdk',
  'raw',
  'qcow2',
  'vdi',
  'iso',
  'ploop',
] as const;
export const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker'] as const;
export const VISIBILITIES = ['public', 'private', 'shared', 'community'] as const;
export const MEMBER_STATUSES = ['pending', 'accepted', 'rejected'] as const;
/** The one place where data is kept; the name clients see as an image's store. */
export const STORE = 'local';
export const IMPORT_METHODS = ['glance-direct', 'web-download', 'glance-download'] as const;

const UUID_PATTERN = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';
const LARGEST_INTEGER = 2_147_483_647;

const OneOf = (names: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: names });
const NullOr = (schema: TSchema) => Type.Unsafe<string | null>(Type.Union([schema, Type.Null()]));

/** What the owner of an image may say about it. Everything else with a string as its value is a property. */
export const BASE = {
  name: NullOr(Type.String({ maxLength: 255 })),
  visibility: OneOf(VISIBILITIES),
  protected: Type.Boolean(),
  os_hidden: Type.Boolean(),
  owner: NullOr(Type.String({ maxLength: 255 })),
  container_format: NullOr(OneOf(CONTAINER_FORMATS)),
  disk_format: NullOr(OneOf(DISK_FORMATS)),
  min_disk: Type.Integer({ minimum: 0, maximum: LARGEST_INTEGER }),
  min_ram: Type.Integer({ minimum: 0, maximum: LARGEST_INTEGER }),
  tags: Type.Array(Type.String({ maxLength: 255 })),
};

/** Properties whose values clients and Nova know to be images of their own. */
export const KNOWN_PROPERTIES = {
  kernel_id: NullOr(Type.String({ pattern: UUID_PATTERN })),
  ramdisk_id: NullOr(Type.String({ pattern: UUID_PATTERN })),
};

export const READ_ONLY = [
  'created_at',
  'updated_at',
  'status',
  'checksum',
  'size',
  'virtual_size',
  'direct_url',
  'self',
  'file',
  'schema',
  'stores',
  'os_hash_algo',
  'os_hash_value',
] as const;
export const RESERVED = ['location', 'locations', 'deleted', 'deleted_at'] as const;
export const RESERVED_PREFIX = 'os_glance';

const refusedLater = Object.fromEntries([...READ_ONLY, ...RESERVED].map((name) => [name, Type.Unknown()]));

/** Read-only names pass the schema so that they are answered with 403, as Glance does, and not with 400. */
export const ImageCreate = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: UUID_PATTERN })),
    ...Type.Partial(Type.Object({ ...BASE, ...KNOWN_PROPERTIES, ...refusedLater })).properties,
  },
  { additionalProperties: Type.Unknown() },
);

export const ImageParams = Type.Object({ image_id: Type.String() });
export const MemberParams = Type.Object({ image_id: Type.String(), member_id: Type.String() });
export const TagParams = Type.Object({ image_id: Type.String(), tag: Type.String() });

export const ImageView = Type.Object(
  {
    id: Type.String(),
    name: NullOr(Type.String()),
    status: Type.String(),
    visibility: Type.Unsafe<(typeof VISIBILITIES)[number]>({ type: 'string', enum: VISIBILITIES }),
    owner: NullOr(Type.String()),
    size: Type.Union([Type.Integer(), Type.Null()]),
    virtual_size: Type.Union([Type.Integer(), Type.Null()]),
    disk_format: NullOr(Type.String()),
    container_format: NullOr(Type.String()),
    min_disk: Type.Integer(),
    min_ram: Type.Integer(),
    protected: Type.Boolean(),
    os_hidden: Type.Boolean(),
    checksum: NullOr(Type.String()),
    os_hash_algo: NullOr(Type.String()),
    os_hash_value: NullOr(Type.String()),
    tags: Type.Array(Type.String()),
    created_at: Type.String(),
    updated_at: Type.String(),
    self: Type.String(),
    file: Type.String(),
    schema: Type.String(),
  },
  { additionalProperties: Type.String() },
);
export type ImageView = Static<typeof ImageView>;

export const MemberView = Type.Object({
  image_id: Type.String(),
  member_id: Type.String(),
  status: Type.Unsafe<(typeof MEMBER_STATUSES)[number]>({ type: 'string', enum: MEMBER_STATUSES }),
  created_at: Type.String(),
  updated_at: Type.String(),
  schema: Type.String(),
});

export type ImageRow = Selectable<ImageTable>;

/** An image with what hangs on it, as queries give it. */
export interface Image extends ImageRow {
  properties: Record<string, string>;
  tags: string[];
}

export const imagePath = (id: ImageId) => `/v2/images/${id}`;

/** Whether an image has data that may be read. */
export const hasData = (image: ImageRow) => image.status === 'active' || image.status === 'deactivated';

/** An image as the API shows it. Checksums of staged data are not shown before it is imported. */
export function imageView(image: Image): Record<string, unknown> {
  const data = hasData(image);
  return {
    ...image.properties,
    name: image.name,
    disk_format: image.disk_format,
    container_format: image.container_format,
    visibility: image.visibility,
    size: image.size,
    virtual_size: image.virtual_size,
    status: image.status,
    checksum: data ? image.checksum : null,
    protected: image.protected === 1,
    min_ram: image.min_ram,
    min_disk: image.min_disk,
    owner: image.owner,
    os_hidden: image.os_hidden === 1,
    os_hash_algo: data ? 'sha512' : null,
    os_hash_value: data ? image.sha512 : null,
    id: image.id,
    created_at: isoSeconds(image.created_at),
    updated_at: isoSeconds(image.updated_at),
    tags: image.tags,
    self: imagePath(image.id),
    file: `${imagePath(image.id)}/file`,
    schema: '/v2/schemas/image',
    ...(data && { stores: STORE }),
  };
}

export function memberView(member: Selectable<ImageMemberTable>): Static<typeof MemberView> {
  return {
    image_id: member.image_id,
    member_id: member.member_id,
    status: member.status,
    created_at: isoSeconds(member.created_at),
    updated_at: isoSeconds(member.updated_at),
    schema: '/v2/schemas/member',
  };
}

/** The request as it was; who asked is in other members. */
function inputOf(text: string): object {
  const { image_id, import_req, backend } = JSON.parse(text) as Record<string, unknown>;
  return { image_id, import_req, backend };
}

export function taskView(task: Selectable<ImageTaskTable>): Record<string, unknown> {
  return {
    id: task.id,
    image_id: task.image_id,
    request_id: task.request_id,
    user: task.user_id,
    type: task.type,
    status: task.status,
    owner: task.owner,
    input: inputOf(task.input),
    result: null,
    message: task.message,
    expires_at: null,
    created_at: isoSeconds(task.created_at),
    updated_at: isoSeconds(task.updated_at),
    deleted_at: null,
    deleted: false,
  };
}
