import type { Migration } from '../migrate.ts';
import { audit } from './0001-audit.ts';
import { auditOutcome } from './0045-audit-outcome.ts';
import { identity } from './0002-identity.ts';
import { image } from './0003-image.ts';
import { network } from './0004-network.ts';
import { computeCatalogue } from './0005-compute-catalogue.ts';
import { compute } from './0006-compute.ts';
import { serverImages } from './0013-server-images.ts';
import { volumeExtensions } from './0014-volume-extensions.ts';
import { computeActions } from './0015-compute-actions.ts';
import { userQuotas } from './0016-user-quotas.ts';
import { delegation } from './0022-delegation.ts';
import { unifiedLimits } from './0023-unified-limits.ts';
import { catalogFilters } from './0024-catalog-filters.ts';
import { passwordRules } from './0025-password-rules.ts';
import { controllers } from './0040-controllers.ts';
import { guestPasswords } from './0031-guest-passwords.ts';
import { localDisks } from './0032-local-disks.ts';
import { groupStatus } from './0035-group-status.ts';
import { softDelete } from './0033-soft-delete.ts';
import { diskLimits } from './0036-disk-limits.ts';
import { routedNetworks } from './0037-routed-networks.ts';
import { hostImages } from './0034-host-images.ts';
import { passwordOrigin } from './0030-password-origin.ts';
import { volume } from './0010-volume.ts';
import { volumeMore } from './0011-volume-more.ts';
import { volumeSeed } from './0012-volume-seed.ts';
import { imageMetadefs } from './0026-image-metadefs.ts';
import { placement } from './0027-placement.ts';
import { manyHosts } from './0056-many-hosts.ts';
import { networkSharing } from './0017-network-sharing.ts';
import { networkQos } from './0018-network-qos.ts';
import { networkNames } from './0019-network-names.ts';
import { networkSegments } from './0020-network-segments.ts';
import { networkAgents } from './0021-network-agents.ts';
import { providerRevisions } from './0053-provider-revisions.ts';
import { lostDisks } from './0051-lost-disks.ts';
import { restoredHosts } from './0058-restored-hosts.ts';
import { sharedTunnels } from './0059-shared-tunnels.ts';
import { loginAttempts } from './0060-login-attempts.ts';
import { enrolment } from './0050-enrolment.ts';
import { usageIndex } from './0062-usage-index.ts';
import { touchedPorts } from './0063-touched-ports.ts';
import { sessions } from './0065-sessions.ts';
import { federation } from './0066-federation.ts';
import { sessionPlaces } from './0067-session-places.ts';

/** In the order they are applied. */
export const migrations: readonly Migration[] = [
  audit,
  identity,
  image,
  network,
  computeCatalogue,
  compute,
  volume,
  volumeMore,
  volumeSeed,
  serverImages,
  volumeExtensions,
  computeActions,
  userQuotas,
  delegation,
  unifiedLimits,
  catalogFilters,
  passwordRules,
  imageMetadefs,
  placement,
  networkSharing,
  networkQos,
  networkNames,
  networkSegments,
  networkAgents,
  passwordOrigin,
  guestPasswords,
  localDisks,
  softDelete,
  hostImages,
  groupStatus,
  diskLimits,
  routedNetworks,
  manyHosts,
  controllers,
  providerRevisions,
  enrolment,
  lostDisks,
  auditOutcome,
  restoredHosts,
  sharedTunnels,
  loginAttempts,
  usageIndex,
  touchedPorts,
  sessions,
  federation,
  sessionPlaces,
];
