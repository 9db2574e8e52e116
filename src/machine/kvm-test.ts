import type { Paths } from './paths.ts';

/** Lays out what the agent needs to try KVM. */
export async function ensureKvmTest(_paths: Paths): Promise<void> {
  // The agent brings its own proof; see src/host/accel.ts.
}
