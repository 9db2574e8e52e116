import { networkCall, asNova, type Caller, type Json } from './network-call.ts';

/**
 * `networks: auto` of a server create: a project that has no network gets one, with a router to the outside, once.
 * Throws ApiError 400 where the operator has not chosen an external network and a subnet pool for that.
 * https://docs.openstack.org/nova/latest/reference/api-microversion-history.html#id34
 */
export async function ensureNetwork(caller: Caller): Promise<void> {
  const { projectId } = caller.context;
  const usable = (network: Json) =>
    network.shared === true || (network.project_id === projectId && network['router:external'] !== true);
  const { networks } = await networkCall(caller, 'GET', '/networks', { query: { admin_state_up: 'true' } });
  if ((networks as Json[]).some(usable)) return;
  await asNova({ 404: 400, 409: 400 }, () => networkCall(caller, 'GET', '/auto-allocated-topology/null'));
}
