import { BASE, KNOWN_PROPERTIES, READ_ONLY } from './wire.ts';
import { CONTAINER_FORMATS, DISK_FORMATS, MEMBER_STATUSES, VISIBILITIES } from './wire.ts';

/*
 * The JSON schemas that `GET /v2/schemas/…` tells clients: python-glanceclient builds its models from them. Their form
 * is Glance's own (api-ref, "Image Schemas"), older than the JSON Schema our own validation uses.
 */

const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';
const nullable = ['null', 'string'];
const text = (description: string, more: object = {}) => ({ description, type: 'string', ...more });
const readOnly = (description: string, type: string | string[] = 'string', more: object = {}) => ({
  description,
  type,
  readOnly: true,
  ...more,
});
const property = (description: string, more: object = {}) => ({ description, type: 'string', is_base: false, ...more });
const anImage = { pattern: UUID, type: nullable };

const imageProperties: Record<string, object> = {
  id: text('An identifier for the image', { pattern: UUID }),
  name: { description: 'Name of the image, for people', type: nullable, maxLength: 255 },
  status: readOnly('Status of the image', 'string', {
    enum: [
      'queued',
      'saving',
      'active',
      'killed',
      'deleted',
      'uploading',
      'importing',
      'pending_delete',
      'deactivated',
    ],
  }),
  visibility: text('Who may read the image', { enum: VISIBILITIES }),
  protected: { description: 'If true, the image cannot be deleted.', type: 'boolean' },
  os_hidden: { description: 'If true, lists leave the image out unless asked for it.', type: 'boolean' },
  owner: { description: 'Project that owns the image', type: nullable, maxLength: 255 },
  checksum: readOnly('MD5 of the data', nullable, { maxLength: 32 }),
  os_hash_algo: readOnly('Algorithm of os_hash_value', nullable, { maxLength: 64 }),
  os_hash_value: readOnly('Hexadecimal digest of the data', nullable, { maxLength: 128 }),
  size: readOnly('Size of the data in bytes', ['null', 'integer']),
  virtual_size: readOnly('Size of the disk in bytes', ['null', 'integer']),
  container_format: { description: 'Format of the container', type: nullable, enum: [null, ...CONTAINER_FORMATS] },
  disk_format: { description: 'Format of the disk', type: nullable, enum: [null, ...DISK_FORMATS] },
  min_ram: { description: 'MiB of memory a server needs to boot it', type: 'integer' },
  min_disk: { description: 'GiB of disk a server needs to boot it', type: 'integer' },
  tags: { description: 'Words attached to the image', type: 'array', items: { type: 'string', maxLength: 255 } },
  created_at: readOnly('When the image was registered'),
  updated_at: readOnly('When the image was last changed'),
  self: readOnly('Path of the image'),
  file: readOnly('Path of its data'),
  schema: readOnly('Path of its schema'),
  stores: readOnly('Store with the data'),
  direct_url: readOnly('Address of the data in a store outside; this cloud has none'),
  architecture: property('Architecture the image needs'),
  os_distro: property('Short name of the distribution'),
  os_version: property('Version of the distribution'),
  instance_uuid: property('Server the image was made from'),
  kernel_id: { description: 'Image with the kernel', is_base: false, ...anImage },
  ramdisk_id: { description: 'Image with the ramdisk', is_base: false, ...anImage },
};

const links = [
  { rel: 'self', href: '{self}' },
  { rel: 'enclosure', href: '{file}' },
  { rel: 'describedby', href: '{schema}' },
];

export const imageSchema = {
  name: 'image',
  properties: imageProperties,
  additionalProperties: { type: 'string' },
  links,
};

const memberProperties = {
  image_id: text('The image', { pattern: UUID }),
  member_id: text('The project it is shared with'),
  status: text('Whether the member wants it in its lists', { enum: MEMBER_STATUSES }),
  created_at: text('When it was shared'),
  updated_at: text('When the status changed'),
  schema: readOnly('Path of the schema'),
};

export const memberSchema = { name: 'member', properties: memberProperties };

const collection = (name: string, schema: object) => ({
  name,
  properties: {
    [name]: { type: 'array', items: schema },
    first: { type: 'string' },
    next: { type: 'string' },
    schema: { type: 'string' },
  },
});

export const imagesSchema = {
  ...collection('images', imageSchema),
  links: [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};

const { members, schema } = collection('members', memberSchema).properties as Record<string, object>;
export const membersSchema = {
  name: 'members',
  properties: { members, schema },
  links: [{ rel: 'describedby', href: '{schema}' }],
};

const taskProperties = {
  id: text('An identifier for the task', { pattern: UUID }),
  type: text('What is done', { enum: ['import', 'api_image_import'] }),
  status: text('How far it is', { enum: ['pending', 'processing', 'success', 'failure'] }),
  input: { description: 'What was asked for', type: ['null', 'object'] },
  result: { description: 'What came of it', type: ['null', 'object'] },
  owner: text('Project that asked'),
  message: text('Why it failed, or how far it is'),
  image_id: text('The image', { pattern: UUID }),
  request_id: text('The request that began it'),
  user_id: text('Who asked'),
  expires_at: { description: 'When it will be forgotten; never', type: nullable },
  created_at: text('When it was asked for'),
  updated_at: text('When it last changed'),
  self: readOnly('Path of the task'),
  schema: readOnly('Path of its schema'),
};

export const taskSchema = { name: 'task', properties: taskProperties };
export const tasksSchema = collection('tasks', taskSchema);

/** Names that the image schema must have, for its test. */
export const NAMES = [...Object.keys(BASE), ...Object.keys(KNOWN_PROPERTIES), ...READ_ONLY];
