import { placementFault } from '../http/faults.ts';
import type { Service } from '../http/service.ts';
import { eventsPolicy } from '../policy/own.ts';
import { eventRoutes } from './routes/stream.ts';

/** What changes, as it changes: server-sent events for clients that show it. */
export const eventsService: Service = {
  name: 'events',
  prefix: '/events',
  routes: eventRoutes,
  rootRoutes: [],
  policy: eventsPolicy,
  fault: placementFault,
  versions: null,
};
