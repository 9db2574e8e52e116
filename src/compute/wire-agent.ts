import { Type, type Static } from 'typebox';
import type { HostReport } from '../host/document.ts';
import { Nullable } from '../http/schemas.ts';

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Text = Type.String({ maxLength: 1024 });
const Reason = Nullable(Type.String({ maxLength: 16384 }));

function oneOf<const Value extends string>(values: readonly Value[]) {
  return Type.Union(values.map((value) => Type.Literal(value)));
}

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
    bootedAt: Type.Optional(Count),
    traits: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z0-9_]{1,255}$' }), { maxItems: 500 })),
  }),
  load: Type.Optional(Type.Object({ cpuPercent: Type.Integer({ minimum: 0, maximum: 100 }), memoryUsedMib: Count })),
  servers: Type.Array(
    Type.Object({
      id: Text,
      state: oneOf(['building', 'running', 'stopped', 'paused', 'suspended', 'error']),
      build: Count,
      boot: Count,
      reason: Reason,
      startedAt: Nullable(Count),
      layersGib: Type.Optional(Type.Array(Count, { maxItems: 1000 })),
      kept: Type.Optional(
        Type.Object({ name: Text, projectId: Text, flavorName: Text, diskGib: Nullable(Type.Integer({ minimum: 0 })) }),
      ),
      attachments: Type.Optional(
        Type.Array(Type.Object({ id: Text, state: oneOf(['attached', 'error']), reason: Reason })),
      ),
    }),
    { maxItems: 100_000 },
  ),
  volumes: Type.Optional(
    Type.Array(
      Type.Object({
        id: Text,
        state: oneOf(['creating', 'available', 'error']),
        build: Count,
        sizeGib: Count,
        snapshots: Type.Array(
          Type.Object({ id: Text, state: oneOf(['creating', 'available', 'error']), reason: Reason }),
        ),
        reason: Reason,
      }),
      { maxItems: 100_000 },
    ),
  ),
  uploads: Type.Optional(
    Type.Array(Type.Object({ id: Text, state: oneOf(['running', 'error']), reason: Reason }), { maxItems: 10_000 }),
  ),
});

/** The report with what an agent of the release before left out. */
export function completeReport(body: Static<typeof HostReportBody>): HostReport {
  return {
    ...{ volumes: [], uploads: [] },
    ...body,
    servers: body.servers.map((server) => ({ attachments: [], ...server })),
  };
}
