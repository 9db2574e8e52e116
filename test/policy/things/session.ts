import type { MakeThings } from './case.ts';

/** Sessions are begun with a token, which takes less time than a password. */
export const sessionThings: MakeThings = async ({ cloud, tokens }) => {
  const identity = { methods: ['token'], token: { id: tokens['project-member'] } };
  const headers = { 'x-potluck-session': '1', origin: cloud.app.config.publicUrl };
  const untold = { status: 400, why: 'only what the provider has signed gets further: src/identity/federation/' };
  return {
    params: { idp_id: 'none', session_id: 'none' },
    cases: {
      'sessions:create': { body: { auth: { identity } }, headers },
      'sessions:end': { answers: { status: 404, why: 'tokens of the matrix are of no session' } },
      'oidc:backchannel-logout': { answers: untold },
    },
  };
};
