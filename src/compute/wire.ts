import { isIPv4, isIPv6 } from 'node:net';
import { Type } from 'typebox';
import { badRequest } from '../core/errors.ts';
import { Nullable, parseBool, Strict } from '../http/schemas.ts';

export const ServerParams = Strict({ server_id: Type.String() });

/** Printable, without blanks at its ends. */
export const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\s\\p{C}](?:[^\\p{C}]*[^\\s\\p{C}])?$' });
export const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' });
const Text = Type.String({ maxLength: 255 });

/** As Nova takes truth: JSON's, or one of these texts. */
export const Bool = Type.Union([
  Type.Boolean(),
  Type.String({ pattern: '^(?:[Tt]rue|TRUE|1|[Oo]n|ON|[Yy]es|YES|[Ff]alse|FALSE|0|[Oo]ff|OFF|[Nn]o|NO)$' }),
]);
const Positive = Type.Union([
  Type.Integer({ minimum: 1, maximum: 10_000 }),
  Type.String({ pattern: '^0*[1-9][0-9]{0,3}$' }),
]);

export const Metadata = Type.Record(Type.String({ pattern: '^[a-zA-Z0-9-_:. ]{1,255}$' }), Text, {
  additionalProperties: false,
});
export const Tag = Type.String({ minLength: 1, maxLength: 60, pattern: '^[^,/]*$' });
export const FlavorRef = Type.Union([Type.String({ minLength: 1 }), Type.Integer()]);
const DiskConfig = Type.Union([Type.Literal('AUTO'), Type.Literal('MANUAL')]);
const AdminPass = Type.String({ maxLength: 255 });
const Description = Nullable(Text);
const UserData = Type.String({ maxLength: 65535 });
const Certificates = Nullable(Type.Array(Text, { minItems: 1, maxItems: 50 }));
const Hostname = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$',
});

const Network = Strict({
  uuid: Type.Optional(Type.String({ maxLength: 255 })),
  port: Type.Optional(Nullable(Uuid)),
  fixed_ip: Type.Optional(Type.String({ maxLength: 64 })),
  tag: Type.Optional(Tag),
});

export const BlockDevice = Strict({
  source_type: Type.Optional(Type.Enum(['volume', 'image', 'snapshot', 'blank'])),
  destination_type: Type.Optional(Type.Enum(['local', 'volume'])),
  uuid: Type.Optional(Text),
  image_id: Type.Optional(Text),
  volume_id: Type.Optional(Text),
  snapshot_id: Type.Optional(Text),
  virtual_name: Type.Optional(Text),
  boot_index: Type.Optional(Nullable(Type.Union([Type.Integer(), Type.String({ pattern: '^-?[0-9]+$' })]))),
  volume_size: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[0-9]*$' })])),
  volume_type: Type.Optional(Nullable(Text)),
  delete_on_termination: Type.Optional(Bool),
  device_name: Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9._/-]*$' })),
  device_type: Type.Optional(Nullable(Text)),
  disk_bus: Type.Optional(Nullable(Text)),
  guest_format: Type.Optional(Nullable(Text)),
  no_device: Type.Optional(Type.Unknown()),
  connection_info: Type.Optional(Type.String()),
  tag: Type.Optional(Tag),
});

const Hint = Type.Record(Type.String(), Type.Unknown());

/** https://docs.openstack.org/api-ref/compute/#create-server, with the members of every version. */
export const CreateBody = Strict({
  server: Strict({
    name: Name,
    imageRef: Type.Optional(Type.String()),
    flavorRef: FlavorRef,
    adminPass: Type.Optional(AdminPass),
    metadata: Type.Optional(Metadata),
    networks: Type.Optional(Type.Union([Type.Array(Network), Type.Literal('auto'), Type.Literal('none')])),
    'OS-DCF:diskConfig': Type.Optional(DiskConfig),
    accessIPv4: Type.Optional(Type.String()),
    accessIPv6: Type.Optional(Type.String()),
    personality: Type.Optional(Type.Array(Type.Object({}))),
    availability_zone: Type.Optional(Name),
    block_device_mapping: Type.Optional(Type.Array(BlockDevice)),
    block_device_mapping_v2: Type.Optional(Type.Array(BlockDevice)),
    config_drive: Type.Optional(Bool),
    key_name: Type.Optional(Name),
    min_count: Type.Optional(Positive),
    max_count: Type.Optional(Positive),
    return_reservation_id: Type.Optional(Bool),
    security_groups: Type.Optional(Type.Array(Strict({ name: Name }))),
    user_data: Type.Optional(UserData),
    description: Type.Optional(Description),
    tags: Type.Optional(Type.Array(Tag, { maxItems: 50 })),
    trusted_image_certificates: Type.Optional(Certificates),
    host: Type.Optional(Hostname),
    hypervisor_hostname: Type.Optional(Hostname),
    hostname: Type.Optional(Hostname),
  }),
  'os:scheduler_hints': Type.Optional(Hint),
  'OS-SCH-HNT:scheduler_hints': Type.Optional(Hint),
});

export const UpdateBody = Strict({
  server: Strict({
    name: Type.Optional(Name),
    'OS-DCF:diskConfig': Type.Optional(DiskConfig),
    accessIPv4: Type.Optional(Type.String()),
    accessIPv6: Type.Optional(Type.String()),
    description: Type.Optional(Description),
    hostname: Type.Optional(Hostname),
  }),
});

export const RebuildBody = Strict({
  rebuild: Strict({
    imageRef: Uuid,
    name: Type.Optional(Name),
    adminPass: Type.Optional(AdminPass),
    metadata: Type.Optional(Metadata),
    preserve_ephemeral: Type.Optional(Bool),
    'OS-DCF:diskConfig': Type.Optional(DiskConfig),
    accessIPv4: Type.Optional(Type.String()),
    accessIPv6: Type.Optional(Type.String()),
    personality: Type.Optional(Type.Array(Type.Object({}))),
    description: Type.Optional(Description),
    key_name: Type.Optional(Nullable(Name)),
    user_data: Type.Optional(Nullable(UserData)),
    trusted_image_certificates: Type.Optional(Certificates),
    hostname: Type.Optional(Hostname),
  }),
});

export const ResizeBody = Strict({
  resize: Strict({ flavorRef: FlavorRef, 'OS-DCF:diskConfig': Type.Optional(DiskConfig) }),
});

export const isTrue = (value: boolean | string | undefined): boolean =>
  typeof value === 'string' ? parseBool(value) === true : value === true;

/** Throws ApiError 400 for what is not an address of its family. */
export function assertAddresses(body: { accessIPv4?: string; accessIPv6?: string }): void {
  const wrong = (field: string, value: string, family: string) =>
    badRequest(`Invalid input for field/attribute ${field}. Value: ${value}. It is not an ${family} address.`);
  if (body.accessIPv4 !== undefined && !isIPv4(body.accessIPv4)) throw wrong('accessIPv4', body.accessIPv4, 'IPv4');
  if (body.accessIPv6 !== undefined && !isIPv6(body.accessIPv6)) throw wrong('accessIPv6', body.accessIPv6, 'IPv6');
}

/** An address the way RFC 5952 writes it. */
export const canonicalIpv6 = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The user data without the line breaks some encoders put in. Throws ApiError 400 when it is not base64. */
export function base64UserData(text: string): string {
  const bare = text.replaceAll(/\s+/g, '');
  if (!BASE64.test(bare)) {
    throw badRequest('User data needs to be valid base 64: encode the script before it is put into user_data.');
  }
  return bare;
}

/** What a guest may be called: letters, digits and dashes of its display name; a name of digits only is kept. */
export function hostnameOf(name: string, id: string): string {
  const bare = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\s_.]+/g, '-')
    .replaceAll(/[^a-z0-9-]/g, '')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return bare === '' ? `server-${id}` : bare;
}
