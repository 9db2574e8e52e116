// Made of docs/openapi/ by: ./potluck openapi --write

import type { IdentityAnswers, IdentityRequests } from './identity.ts';
import type { ImageAnswers, ImageRequests } from './image.ts';
import type { NetworkRequests } from './network.ts';
import type { ComputeAnswers, ComputeRequests } from './compute.ts';
import type { VolumeRequests } from './volume.ts';
import type { PlacementRequests } from './placement.ts';
import type { SessionAnswers, SessionRequests } from './session.ts';
import type { AuditAnswers, AuditRequests } from './audit.ts';
import type { EventsRequests } from './events.ts';
import type { OperationsAnswers, OperationsRequests } from './operations.ts';
import type { EnrolmentRequests } from './enrolment.ts';

export interface Requests extends IdentityRequests, ImageRequests, NetworkRequests, ComputeRequests, VolumeRequests, PlacementRequests, SessionRequests, AuditRequests, EventsRequests, OperationsRequests, EnrolmentRequests {}

export interface Answers extends IdentityAnswers, ImageAnswers, ComputeAnswers, SessionAnswers, AuditAnswers, OperationsAnswers {}
