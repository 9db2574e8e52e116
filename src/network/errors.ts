import { ApiError, badRequest, conflict, forbidden, notFound } from '../core/errors.ts';

// The names and statuses of Neutron's exceptions; clients and conformance tests tell failures apart by them.

export const networkNotFound = (id: string) => notFound(`Network ${id} could not be found.`, 'NetworkNotFound');
export const subnetNotFound = (id: string) => notFound(`Subnet ${id} could not be found.`, 'SubnetNotFound');
export const portNotFound = (id: string) => notFound(`Port ${id} could not be found.`, 'PortNotFound');
export const routerNotFound = (id: string) => notFound(`Router ${id} could not be found`, 'RouterNotFound');
export const floatingIpNotFound = (id: string) =>
  notFound(`Floating IP ${id} could not be found`, 'FloatingIPNotFound');
export const securityGroupNotFound = (id: string) =>
  notFound(`Security group ${id} does not exist`, 'SecurityGroupNotFound');
export const securityGroupRuleNotFound = (id: string) =>
  notFound(`Security group rule ${id} does not exist`, 'SecurityGroupRuleNotFound');
export const subnetPoolNotFound = (id: string) =>
  notFound(`Subnet pool ${id} could not be found.`, 'SubnetPoolNotFound');

/** Most of what is wrong with a request's values. */
export const invalidInput = (reason: string) => badRequest(`Invalid input for operation: ${reason}`, 'InvalidInput');

/** A value of one attribute that Neutron's own attribute validators refuse. */
export const invalidAttribute = (attribute: string, reason: string) =>
  badRequest(`Invalid input for ${attribute}. Reason: ${reason}`, 'HTTPBadRequest');

/** The L3 service's catch-all. */
export const badL3Request = (resource: string, reason: string) =>
  badRequest(`Bad ${resource} request: ${reason}`, 'BadRequest');

export const notAuthorized = (operation: string) =>
  forbidden(`rule:${operation} is disallowed by policy`, 'PolicyNotAuthorized');

export const networkInUse = (id: string) =>
  conflict(
    `Unable to complete operation on network ${id}. There are one or more ports still in use on the network.`,
    'NetworkInUse',
  );
export const subnetInUse = (id: string, reason = 'One or more ports have an IP allocation from this subnet.') =>
  conflict(`Unable to complete operation on subnet ${id}: ${reason}`, 'SubnetInUse');
export const portInUse = (networkId: string, portId: string, deviceId: string) =>
  conflict(
    `Unable to complete operation on port ${portId} for network ${networkId}. Port already has an attached device ${deviceId}.`,
    'PortInUse',
  );
export const addressInUse = (address: string, subnetId: string) =>
  conflict(`IP address ${address} already allocated in subnet ${subnetId}`, 'IpAddressAlreadyAllocated');
export const macInUse = (networkId: string, mac: string) =>
  conflict(
    `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`,
    'MacAddressInUse',
  );
export const noAddressLeft = (networkId: string) =>
  conflict(`No more IP addresses available on network ${networkId}.`, 'IpAddressGenerationFailure');
export const noAddressLeftInSubnets = (subnetIds: readonly string[]) =>
  conflict(
    `No more IP addresses available on subnet ${subnetIds.join(', ')}: all addresses of its allocation pools are taken.`,
    'IpAddressGenerationFailure',
  );
export const overQuota = (resource: string) => conflict(`Quota exceeded for resources: ['${resource}'].`, 'OverQuota');
export const revisionMismatch = (expected: number, actual: number) =>
  new ApiError(412, 'RevisionNumberConstraintFailed', `Constrained to ${expected}, but current revision is ${actual}`);
