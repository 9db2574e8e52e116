import { auditService } from './audit/index.ts';
import { computeService, agentService } from './compute/index.ts';
import { enrolmentService, entryService } from './enrolment/index.ts';
import { eventsService } from './events/index.ts';
import { openApiService } from './http/routes-docs.ts';
import type { Service } from './http/service.ts';
import { identityService, sessionService } from './identity/index.ts';
import { imageService } from './image/index.ts';
import { networkService } from './network/index.ts';
import { operationsService } from './operations/index.ts';
import { placementService } from './placement/index.ts';
import { volumeService } from './volume/index.ts';

/** The OpenStack services of this cloud. */
export const publicServices: readonly Service[] = [
  identityService,
  imageService,
  networkService,
  computeService,
  volumeService,
  placementService,
];

/** APIs for browsers, and for the operators of a cloud. */
const ownServices: readonly Service[] = [
  sessionService,
  auditService,
  eventsService,
  operationsService,
  enrolmentService,
];

/** Everything a controller serves on its public port: the APIs, and the hosts' own for the agent of this machine. */
export const services: readonly Service[] = [
  ...publicServices,
  ...ownServices,
  openApiService([...publicServices, ...ownServices]),
  agentService,
];

/** What the agent endpoint serves, over TLS. */
export const agentEndpointServices: readonly Service[] = [agentService, entryService];
