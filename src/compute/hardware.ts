import type { DiskBus, HostHardware, VifModel } from '../host/document.ts';
import { fromJson } from '../store/json.ts';
import type { ServerImageMetadata, ServerRow } from './model.ts';

const DISK_BUSES: ReadonlySet<string> = new Set<DiskBus>(['virtio', 'scsi', 'ide', 'usb']);
const VIF_MODELS: ReadonlySet<string> = new Set<VifModel>([
  ...(['virtio', 'e1000', 'e1000e', 'ne2k_pci', 'pcnet', 'rtl8139', 'vmxnet3'] as const),
]);
const TRUE = /^(1|t|true|on|y|yes)$/i;

/**
 * The hardware that a server's image asks for, as the host is told it; what it cannot give is as if not asked for.
 * https://docs.openstack.org/glance/latest/admin/useful-image-properties.html
 */
export function hardwareOf(server: Pick<ServerRow, 'image_metadata'>): HostHardware {
  if (server.image_metadata === null) return {};
  const { properties } = fromJson<ServerImageMetadata>(server.image_metadata);
  const { hw_disk_bus: diskBus, hw_vif_model: vifModel, hw_qemu_guest_agent: guestAgent } = properties;
  return {
    ...(isDiskBus(diskBus) && diskBus !== 'virtio' && { diskBus }),
    ...(isVifModel(vifModel) && vifModel !== 'virtio' && { vifModel }),
    ...(guestAgent !== undefined && TRUE.test(guestAgent.trim()) && { guestAgent: true }),
  };
}

function isDiskBus(value: string | undefined): value is DiskBus {
  return value !== undefined && DISK_BUSES.has(value);
}

function isVifModel(value: string | undefined): value is VifModel {
  return value !== undefined && VIF_MODELS.has(value);
}
