import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STANDARD_TRAITS } from '../placement/standard.ts';
import { hostTraits } from './cpu-traits.ts';

const KVM = { accel: 'kvm', arch: 'x86_64', hypervisorVersion: 7_002_000 } as const;
const V2 = 'sse sse2 cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3';
const V3 = `${V2} avx avx2 bmi1 bmi2 f16c fma abm movbe xsave`;
const generations = (traits: string[]) => traits.filter((trait) => trait.startsWith('CUSTOM_X86'));

test('traits are what guests find: the processor under KVM, what QEMU emulates under TCG', () => {
  const old = hostTraits(KVM, V2.split(' '));
  assert.deepEqual(generations(old), ['CUSTOM_X86_64_V2']);
  assert.ok(old.includes('HW_CPU_X86_SSE42') && old.includes('CUSTOM_ACCEL_KVM') && !old.includes('HW_CPU_X86_AVX'));
  // A generation needs all before it.
  assert.deepEqual(generations(hostTraits(KVM, 'avx avx2 bmi1 bmi2 f16c fma abm movbe xsave'.split(' '))), []);
  const v4 = hostTraits(KVM, `${V3} avx512f avx512bw avx512cd avx512dq avx512vl sha_ni aes gfni svm`.split(' '));
  assert.equal(generations(v4).length, 3);
  const emulated = hostTraits({ ...KVM, accel: 'tcg' }, ['avx512f', 'vmx']);
  assert.deepEqual(generations(emulated), ['CUSTOM_X86_64_V2', 'CUSTOM_X86_64_V3']);
  assert.ok(!emulated.includes('HW_CPU_X86_AVX512F') && !emulated.includes('HW_CPU_X86_VMX'));
  assert.deepEqual(generations(hostTraits({ ...KVM, accel: 'tcg', hypervisorVersion: 6_002_000 }, [])), [
    'CUSTOM_X86_64_V2',
  ]);
  const arm = hostTraits({ ...KVM, arch: 'aarch64' }, ['asimd']);
  for (const trait of [...old, ...v4, ...emulated, ...arm]) {
    assert.ok(trait.startsWith('CUSTOM_') || STANDARD_TRAITS.has(trait), `${trait} is a name that os-traits knows`);
  }
});
