import { networkService } from '../../network/index.ts';
import type { Method } from '../../http/route.ts';
import { serviceCall, type Asked, type Caller, type Json } from './service-call.ts';

export { asNova, assertProxy, type Caller, type Json } from './service-call.ts';

/** Asks our network service. */
export const networkCall = (caller: Caller, method: Method, path: string, asked: Asked = {}): Promise<Json> =>
  serviceCall(networkService, caller, method, path, asked);
