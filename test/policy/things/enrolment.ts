import type { MakeThings } from './case.ts';

const V1 = '/enrolment/v1';

/** An invite; the host is the controller's own, which nobody turns out. */
export const enrolmentThings: MakeThings = async ({ make, cloud }) => {
  cloud.app.config.agentUrl = 'https://cloud.example:5001';
  await make('admin', 'POST', `${V1}/invites`, { name: 'beta' });
  const { invites } = (await make('admin', 'GET', `${V1}/invites`)) as { invites: { id: string }[] };
  return {
    params: { invite_id: invites[0]?.id ?? '', host: 'alpha' },
    cases: { 'hosts:remove': { answers: { status: 400, why: 'the host has servers' } } },
  };
};
