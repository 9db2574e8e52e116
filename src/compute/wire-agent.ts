import { Type } from 'typebox';
import { Nullable } from '../http/schemas.ts';

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Text = Type.String({ maxLength: 1024 });

/** `HostReport` of host/document.ts. Unknown members are let through: an agent may be one release ahead. */
export const HostReportBody = Type.Object({
  host: Text,
  generation: Count,
  capacity: Type.Object({
    vcpus: Count,
    memoryMib: Count,
    diskGib: Count,
    diskFreeGib: Count,
    hypervisor: Type.Literal('QEMU'),
    hypervisorVersion: Count,
    accel: Type.Union([Type.Literal('kvm'), Type.Literal('tcg')]),
    accelReason: Text,
    cpuModel: Text,
    arch: Text,
    chassis: Text,
    address: Text,
    agentVersion: Text,
  }),
  servers: Type.Array(
    Type.Object({
      id: Text,
      state: Type.Union(
        (['building', 'running', 'stopped', 'paused', 'suspended', 'error'] as const).map((state) =>
          Type.Literal(state),
        ),
      ),
      build: Count,
      boot: Count,
      reason: Nullable(Type.String({ maxLength: 16384 })),
      startedAt: Nullable(Count),
    }),
    { maxItems: 100_000 },
  ),
});
