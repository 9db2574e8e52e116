import type { MakeThings } from './case.ts';

const V1 = '/enrolment/v1';
const NOTHING = '00000000-0000-4000-8000-000000000000';

/** An invite; the host is the controller's own, which nobody turns out. */
export const enrolmentThings: MakeThings = async ({ make, cloud }) => {
  cloud.app.config.agentUrl = 'https://cloud.example:5001';
  await make('admin', 'POST', `${V1}/invites`, { name: 'beta' });
  const { invites } = (await make('admin', 'GET', `${V1}/invites`)) as { invites: { id: string }[] };
  return {
    params: { invite_id: invites[0]?.id ?? '', host: 'alpha', kept_id: NOTHING },
    cases: {
      'hosts:remove': { answers: { status: 400, why: 'the host has servers' } },
      'kept:adopt': { body: {}, answers: { status: 404, why: 'no host keeps anything' } },
      'kept:forget': { answers: { status: 404, why: 'no host keeps anything' } },
    },
  };
};
