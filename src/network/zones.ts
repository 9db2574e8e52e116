import { notFound } from '../core/errors.ts';

/** The one availability zone of networks and routers: OVN spreads both over all hosts. */
export const ZONE = 'nova';

/** Throws ApiError 404 for a zone that is not there, as Neutron does. */
export function checkZones(hints: readonly string[]): void {
  const unknown = hints.find((hint) => hint !== ZONE);
  if (unknown !== undefined) {
    throw notFound(`AvailabilityZone ${unknown} could not be found.`, 'AvailabilityZoneNotFound');
  }
}
