import type { HostServer } from '../document.ts';
import type { Hardware } from '../qemu/hardware.ts';

/** One entry of `devices` in `meta_data.json`: https://docs.openstack.org/nova/latest/user/metadata.html */
export type TaggedDevice =
  | { type: 'nic'; bus: string; address: string; mac: string; tags: string[] }
  | { type: 'disk'; bus: string; address: string; serial: string; path: string; tags: string[] };

/** The devices that the user gave a name, with where the guest finds them. Pure. */
export function taggedDevices(server: HostServer, hardware: Hardware): TaggedDevice[] {
  const slots = new Map(hardware.nics.map((nic) => [nic.port, nic.slot]));
  const nics = server.ports.flatMap(({ id, mac, tag }): TaggedDevice[] => {
    if (!tag) return [];
    return [{ type: 'nic', bus: 'pci', address: pci(slots.get(id)), mac, tags: [tag] }];
  });
  const disks = server.attachments.flatMap(({ id, tag, volumeId, device, bus }): TaggedDevice[] => {
    const plugged = hardware.volumes.find((volume) => volume.attachment === id);
    if (!tag || !plugged) return [];
    const place = bus === 'virtio' ? { bus: 'pci', address: pci(plugged.slot) } : { bus, address: '0:0:0:0' };
    return [{ type: 'disk', ...place, serial: volumeId, path: `/dev/${device}`, tags: [tag] }];
  });
  return [...nics, ...disks];
}

function pci(slot: number | null | undefined): string {
  return `0000:00:${(slot ?? 0).toString(16).padStart(2, '0')}.0`;
}
