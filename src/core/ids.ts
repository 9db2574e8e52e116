import { randomUUID } from 'node:crypto';

/** A string that is known to identify one kind of thing; made by the functions below or read from the database. */
export type Id<Kind extends string> = string & { readonly __id?: Kind };

export type ProjectId = Id<'project'>;
export type UserId = Id<'user'>;
export type DomainId = Id<'domain'>;
export type HostId = Id<'host'>;
export type ServerId = Id<'server'>;
export type ImageId = Id<'image'>;
export type NetworkId = Id<'network'>;
export type SubnetId = Id<'subnet'>;
export type PortId = Id<'port'>;
export type RouterId = Id<'router'>;
export type VolumeId = Id<'volume'>;
export type SnapshotId = Id<'snapshot'>;
export type AttachmentId = Id<'attachment'>;
export type BackupId = Id<'backup'>;

/** A fresh id with dashes, as Nova, Neutron and Glance print theirs. */
export function newUuid<Kind extends string>(): Id<Kind> {
  return randomUUID() as Id<Kind>;
}

/** A fresh id of 32 hexadecimal digits, as Keystone prints its ids. */
export function newHexId<Kind extends string>(): Id<Kind> {
  return randomUUID().replaceAll('-', '') as Id<Kind>;
}

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Whether the text has the form of a UUID, with or without dashes. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
