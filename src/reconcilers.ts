import { createAuditReconciler } from './audit/index.ts';
import {
  createHeartbeatReconciler,
  createHostTokenReconciler,
  createServerReconciler,
  createUpkeepReconciler,
} from './compute/index.ts';
import type { Reconciler } from './core/reconciler.ts';
import { createEnrolmentReconciler, type AgentEndpoint } from './enrolment/index.ts';
import type { App } from './http/app.ts';
import { createLoginAttemptReconciler, createRevocationReconciler, createSessionReconciler } from './identity/index.ts';
import { createImageReconciler } from './image/index.ts';
import { createOvnReconciler, createProjectNetworkReconciler } from './network/index.ts';
import { createVolumeReconciler } from './volume/index.ts';

/** All reconcilers of a controller. Whatever stands here is run twice, failed and killed by test/fuzz/reconcilers.test.ts. */
export function createReconcilers(app: App, endpoint: AgentEndpoint | null = null): Reconciler[] {
  return [
    createEnrolmentReconciler(app, endpoint),
    createOvnReconciler(app),
    createProjectNetworkReconciler(app),
    createServerReconciler(app),
    createUpkeepReconciler(app),
    createHeartbeatReconciler(app),
    createRevocationReconciler(app),
    createSessionReconciler(app),
    createLoginAttemptReconciler(app),
    createHostTokenReconciler(app),
    createImageReconciler(app),
    createVolumeReconciler(app),
    createAuditReconciler(app),
    ...(app.relay ? [app.relay.reconciler] : []),
  ];
}
