import { readFile } from 'node:fs/promises';
import type { HostCapacity } from './document.ts';

/** Flags of /proc/cpuinfo whose trait has another name: https://docs.openstack.org/os-traits/ (hw/cpu/x86). */
const NAMES: Readonly<Record<string, string>> = {
  '3dnow': '3DNOW',
  ...{ pni: 'SSE3', sse4_1: 'SSE41', sse4_2: 'SSE42', sse4a: 'SSE4A', fma: 'FMA3', aes: 'AESNI', pclmulqdq: 'CLMUL' },
  ...{ sha_ni: 'SHA', rtm: 'TSX', avx512_vnni: 'AVX512VNNI', avx512_vbmi2: 'AVX512VBMI2', gfni: 'AVX512GFNI' },
  ...{ avx512_bitalg: 'AVX512BITALG', avx512_vpopcntdq: 'AVX512VPOPCNTDQ', vaes: 'AVX512VAES' },
  ...{ vpclmulqdq: 'AVX512VPCLMULQDQ', avx512vbmi: 'AVX512VBMI', avx512ifma: 'AVX512IFMA' },
};
const SAME = 'abm avx avx2 bmi1 bmi2 f16c fma4 mmx mpx pdpe1gb sgx sse sse2 ssse3 svm tbm vmx xop'
  .concat(' avx512f avx512bw avx512cd avx512dq avx512er avx512pf avx512vl')
  .split(' ');
const TRAITS = new Map([
  ...SAME.map((flag) => [flag, `HW_CPU_X86_${flag === 'bmi1' ? 'BMI' : flag.toUpperCase()}`] as const),
  ...Object.entries(NAMES).map(([flag, name]) => [flag, `HW_CPU_X86_${name}`] as const),
]);

/** The generations of x86-64, each with what it adds: https://gitlab.com/x86-psABIs/x86-64-ABI (3.1.1). */
const GENERATIONS: readonly (readonly [trait: string, flags: string])[] = [
  ['CUSTOM_X86_64_V2', 'cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3'],
  ['CUSTOM_X86_64_V3', 'avx avx2 bmi1 bmi2 f16c fma abm movbe xsave'],
  ['CUSTOM_X86_64_V4', 'avx512f avx512bw avx512cd avx512dq avx512vl'],
];

/** What QEMU's TCG gives guests of the CPU `max`, whatever the host has; AVX came with 7.2. */
const EMULATED =
  'mmx sse sse2 pni ssse3 sse4_1 sse4_2 sse4a popcnt cx16 lahf_lm abm bmi1 bmi2 movbe xsave aes pclmulqdq';
const EMULATED_SINCE_7_2 = ' avx avx2 f16c fma';

type Facts = Pick<HostCapacity, 'accel' | 'arch' | 'hypervisorVersion'>;

/** The traits of a host: what guests find on it. `flags` are those of its own processors. */
export function hostTraits({ accel, arch, hypervisorVersion }: Facts, flags: readonly string[]): string[] {
  const traits = [
    'COMPUTE_NODE',
    `COMPUTE_ARCH_${arch.toUpperCase()}`,
    `HW_ARCH_${arch.toUpperCase()}`,
    `CUSTOM_ACCEL_${accel.toUpperCase()}`,
  ];
  if (arch !== 'x86_64') return traits;
  const emulated = EMULATED + (hypervisorVersion >= 7_002_000 ? EMULATED_SINCE_7_2 : '');
  const has = new Set(accel === 'kvm' ? flags : emulated.split(' '));
  for (const flag of has) {
    const trait = TRAITS.get(flag);
    if (trait !== undefined) traits.push(trait);
  }
  for (const [trait, needs] of GENERATIONS) {
    if (!needs.split(' ').every((flag) => has.has(flag))) break;
    traits.push(trait);
  }
  return [...new Set(traits)].sort();
}

/** The flags that all processors of this machine have: proc(5). */
export async function cpuFlags(): Promise<string[]> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const each = [...text.matchAll(/^(?:flags|Features)\s*: (.*)$/gm)].map(([, flags = '']) => flags.split(' '));
  const [first = [], ...others] = each;
  return first.filter((flag) => others.every((flags) => flags.includes(flag)));
}
