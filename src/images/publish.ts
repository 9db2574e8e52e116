import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { list, text, type Json, type Session } from '../machine/seed/client.ts';
import type { ImageDescription } from './build.ts';

export interface Published {
  id: string;
  /** `same`: the cloud had exactly this image, and nothing was done. */
  outcome: 'created' | 'same';
  sha512: string;
  /** Older images of the name that are hidden now. */
  hidden: string[];
}

const PAGE = 1000;

/**
 * Makes `file` the public image of its description's name, as the administrator who is signed in. Nothing is deleted
 * or overwritten: older images of the name that the same project owns are hidden, and servers made of them go on.
 * An upload that was interrupted shows nothing, and is cleared away by the next one.
 */
export async function publishImage(admin: Session, image: ImageDescription, file: string): Promise<Published> {
  const sha512 = await sha512Of(file);
  const shown = await imagesOfName(admin, image.name, false);
  const same = shown.find((one) => one['status'] === 'active' && one['os_hash_value'] === sha512);
  const id = same ? text(same, 'id') : await create(admin, image, file);
  const hidden = shown.map((one) => text(one, 'id')).filter((one) => one !== id);
  for (const one of hidden) await setHidden(admin, one, true);
  return { id, outcome: same ? 'same' : 'created', sha512, hidden };
}

/** Hidden until its data are there: a name must not lead to an image that cannot boot. */
async function create(admin: Session, image: ImageDescription, file: string): Promise<string> {
  for (const one of await imagesOfName(admin, image.name, true)) {
    if (one['status'] === 'queued') await admin.send('DELETE', 'image/v2', `/images/${text(one, 'id')}`);
  }
  const made = await admin.send('POST', 'image/v2', '/images', {
    ...image.properties,
    name: image.name,
    disk_format: 'qcow2',
    container_format: 'bare',
    visibility: 'public',
    os_hidden: true,
    min_disk: image.min_disk,
    min_ram: image.min_ram,
  });
  const id = text(made, 'id');
  await admin.upload('image/v2', `/images/${id}/file`, await openAsBlob(file));
  await setHidden(admin, id, false);
  return id;
}

async function imagesOfName(admin: Session, name: string, hidden: boolean): Promise<Json[]> {
  const query = new URLSearchParams({
    ...{ name: `eq:${name}`, visibility: 'public', owner: admin.project },
    ...{ os_hidden: String(hidden), limit: String(PAGE) },
  });
  return list(await admin.get('image/v2', `/images?${query.toString()}`), 'images');
}

async function setHidden(admin: Session, id: string, hidden: boolean): Promise<void> {
  const change = [{ op: 'replace', path: '/os_hidden', value: hidden }];
  await admin.send('PATCH', 'image/v2', `/images/${id}`, change);
}

async function sha512Of(file: string): Promise<string> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
