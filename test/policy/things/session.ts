import type { MakeThings } from './case.ts';

/** Sessions are begun with a token, which takes less time than a password. */
export const sessionThings: MakeThings = async ({ cloud, tokens }) => {
  const identity = { methods: ['token'], token: { id: tokens['project-member'] } };
  const headers = { 'x-potluck-session': '1', origin: cloud.app.config.publicUrl };
  return { params: {}, cases: { 'sessions:create': { body: { auth: { identity } }, headers } } };
};
