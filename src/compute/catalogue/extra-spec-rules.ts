import { badRequest } from '../../core/errors.ts';
import { parseBool } from '../../http/schemas.ts';

/** What a value may be: a sort, one of some words, or a text of a form. */
type Rule = 'text' | 'truth' | 'count' | 'positive' | readonly string[] | RegExp;

const CPUS = /^\^?\d+(?:-\d+)?(?:,\^?\d+(?:-\d+)?)*$/;

/** Nova's known extra specs: https://docs.openstack.org/nova/latest/configuration/extra-specs.html */
const EXACT: Record<string, Rule> = {
  'accel:device_profile': 'text',
  'hw:cpu_realtime': 'truth',
  'hw:cpu_realtime_mask': CPUS,
  'hw:hide_hypervisor_id': 'truth',
  'hw:cpu_policy': ['dedicated', 'shared', 'mixed'],
  'hw:cpu_thread_policy': ['prefer', 'isolate', 'require'],
  'hw:emulator_threads_policy': ['isolate', 'share'],
  'hw:cpu_dedicated_mask': CPUS,
  'hw:mem_page_size': /^(?:large|small|any|\d+(?:[kKMGT]i?)?(?:b|bit|B)?)$/,
  'hw:locked_memory': 'truth',
  'hw:numa_nodes': 'positive',
  'hw:pci_numa_affinity_policy': ['required', 'preferred', 'legacy', 'socket'],
  'hw:cpu_sockets': 'positive',
  'hw:cpu_cores': 'positive',
  'hw:cpu_threads': 'positive',
  'hw:cpu_max_sockets': 'positive',
  'hw:cpu_max_cores': 'positive',
  'hw:cpu_max_threads': 'positive',
  'hw:boot_menu': 'truth',
  'hw:vif_multiqueue_enabled': 'truth',
  'hw:mem_encryption': 'truth',
  'hw:mem_encryption_model': ['amd-sev', 'amd-sev-es', 'amd-sev-snp'],
  'hw:pmem': /^(?:[a-zA-Z0-9_]+,?)+$/,
  'hw:pmu': 'truth',
  'hw:serial_port_count': 'count',
  'hw:tpm_model': ['tpm-tis', 'tpm-crb'],
  'hw:tpm_version': ['1.2', '2.0'],
  'hw:tpm_secret_security': ['user', 'host', 'deployment'],
  'hw:watchdog_action': ['none', 'pause', 'poweroff', 'reset', 'disabled'],
  'hw:viommu_model': ['intel', 'smmuv3', 'virtio', 'auto'],
  'hw:virtio_packed_ring': 'truth',
  'hw:sound_model': 'text',
  'hw:usb_model': 'text',
  'hw:redirected_usb_ports': /^(?:\d|1[0-5])$/,
  'hw:ephemeral_encryption': 'truth',
  'hw:ephemeral_encryption_format': ['luks', 'luksv2'],
  'hw:maxphysaddr_mode': ['passthrough', 'emulate'],
  'hw:maxphysaddr_bits': 'count',
  'hw_rng:allowed': 'truth',
  'hw_rng:rate_bytes': 'count',
  'hw_rng:rate_period': 'count',
  'hw_video:ram_max_mb': 'count',
  'os:secure_boot': ['disabled', 'required'],
  'pci_passthrough:alias': /^[^:]+:\d+(?:\s*,\s*[^:]+:\d+)*$/,
  'vmware:hw_version': 'text',
  'vmware:storage_policy': 'text',
};

/** Names with a part that is free. */
const FORMS: readonly (readonly [RegExp, Rule])[] = [
  [/^aggregate_instance_extra_specs:.+$/, 'text'],
  [/^capabilities:.+$/, 'text'],
  [/^hw:numa_cpus\.\d+$/, CPUS],
  [/^hw:numa_mem\.\d+$/, 'positive'],
  [/^powervm:.+$/, 'text'],
  [/^quota:(?:cpu|memory|disk_io|vif)_(?:limit|reservation|shares_share)$/, 'count'],
  [/^quota:(?:cpu|memory|disk_io|vif)_shares_level$/, ['custom', 'high', 'normal', 'low']],
  [/^quota:cpu_(?:shares|period|quota)$/, 'count'],
  [/^quota:disk_(?:read|write|total)_(?:bytes|iops)_sec(?:_max)?$/, 'count'],
  [/^quota:disk_(?:read|write|total)_(?:bytes|iops)_sec_max_length$/, 'count'],
  [/^quota:vif_(?:inbound|outbound)_(?:average|peak|burst)$/, 'count'],
  [/^resources(?:[a-zA-Z0-9_-]{1,64})?:[A-Z0-9_]+$/, 'count'],
  [/^trait(?:[a-zA-Z0-9_-]{1,64})?:[A-Z0-9_]+$/, ['required', 'forbidden']],
];

/** The namespaces in which a name that is not known is a mistake; others are for the operator's own. */
const NAMESPACES =
  /^(?:accel|aggregate_instance_extra_specs|capabilities|hw|hw_rng|hw_video|os|pci_passthrough|powervm|quota|resources[\w-]*|trait[\w-]*|vmware):/;

function fits(rule: Rule, value: string): boolean {
  if (rule === 'text') return true;
  if (rule === 'truth') return parseBool(value) !== undefined;
  if (rule === 'count') return /^\d+$/.test(value);
  if (rule === 'positive') return /^0*[1-9]\d*$/.test(value);
  return rule instanceof RegExp ? rule.test(value) : rule.includes(value);
}

/** What a client since 2.86 is told of a misspelt extra spec. Throws ApiError 400. */
export function assertExtraSpecs(specs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(specs)) {
    if (!NAMESPACES.test(name)) continue;
    const rule = (Object.hasOwn(EXACT, name) ? EXACT[name] : undefined) ?? FORMS.find(([form]) => form.test(name))?.[1];
    if (rule === undefined) {
      throw badRequest(`Validation failed; extra spec '${name}' does not appear to be a valid extra spec.`);
    }
    if (!fits(rule, value)) throw badRequest(`Validation failed; '${value}' is not a value that '${name}' can have.`);
  }
}
