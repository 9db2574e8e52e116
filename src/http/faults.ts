import { STATUS_CODES } from 'node:http';
import type { ApiError } from '../core/errors.ts';

/** The body of an error answer, in the shape that the clients of one service know. */
export type FaultShape = (error: ApiError, requestId: string) => object;

/** Keystone: https://docs.openstack.org/api-ref/identity/v3/ */
export const keystoneFault: FaultShape = (error) => ({
  error: { code: error.status, message: error.publicMessage, title: STATUS_CODES[error.status] ?? 'Error' },
});

const NOVA_FAULTS: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

/** Nova and Cinder: https://docs.openstack.org/api-guide/compute/faults.html */
export const novaFault: FaultShape = (error) => ({
  [NOVA_FAULTS[error.status] ?? 'computeFault']: { code: error.status, message: error.publicMessage },
});

/** Neutron: https://docs.openstack.org/api-ref/network/v2/#faults */
export const neutronFault: FaultShape = (error) => ({
  NeutronError: { type: error.type, message: error.publicMessage, detail: '' },
});

/** Glance sends a title and a message; its clients read `message`. */
export const glanceFault: FaultShape = (error) => ({
  code: `${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`,
  title: STATUS_CODES[error.status] ?? 'Error',
  message: error.publicMessage,
});

/** Placement and the API working group: https://specs.openstack.org/openstack/api-sig/guidelines/errors.html */
export const placementFault: FaultShape = (error, requestId) => ({
  errors: [
    {
      status: error.status,
      title: STATUS_CODES[error.status] ?? 'Error',
      detail: error.publicMessage,
      code: `placement.${error.type}`,
      request_id: requestId,
    },
  ],
});
