import type { ServerId } from '../../core/ids.ts';
import { ask, askJson, isOk, textOf, type LinkOptions } from '../line.ts';

/** Passwords that guests choose for their owners; the controller keeps them. */
export interface GuestPasswords {
  /** What the guest has set, or an empty text. */
  get(server: ServerId): Promise<string>;
  /** Answers the status for the guest: 200, 400 when it is too long, 409 when there is one already. */
  set(server: ServerId, password: string): Promise<number>;
}

const DEADLINE = 5_000;

export function createGuestPasswords(link: LinkOptions): GuestPasswords {
  const pathOf = (server: ServerId) => `/agent/v1/servers/${server}/password`;
  const deadline = () => AbortSignal.timeout(DEADLINE);
  return {
    async get(server) {
      const answer = await ask(link, pathOf(server), { signal: deadline() });
      const text = await textOf(answer);
      if (!isOk(answer)) throw new Error(`the controller answered ${answer.statusCode}`);
      return (JSON.parse(text) as { password: string }).password;
    },
    async set(server, password) {
      const answer = await askJson(link, pathOf(server), { password }, deadline());
      await textOf(answer);
      return isOk(answer) ? 200 : (answer.statusCode ?? 0);
    },
  };
}

/** Whether a path is that of the password, in any version that has one. */
export const isPasswordPath = (path: string): boolean => /^\/openstack\/[^/]+\/password\/?$/.test(path);
