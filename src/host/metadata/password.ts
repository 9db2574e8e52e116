import type { ServerId } from '../../core/ids.ts';
import type { LinkOptions } from '../controller-link.ts';

/** Passwords that guests choose for their owners; the controller keeps them. */
export interface GuestPasswords {
  /** What the guest has set, or an empty text. */
  get(server: ServerId): Promise<string>;
  /** Answers the status for the guest: 200, 400 when it is too long, 409 when there is one already. */
  set(server: ServerId, password: string): Promise<number>;
}

const DEADLINE = 5_000;

export function createGuestPasswords({ controller, token }: LinkOptions): GuestPasswords {
  const ask = (server: ServerId, init: RequestInit) =>
    fetch(`${controller}/agent/v1/servers/${server}/password`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(DEADLINE),
    });
  return {
    async get(server) {
      const response = await ask(server, { method: 'GET' });
      if (!response.ok) throw new Error(`the controller answered ${response.status}`);
      return ((await response.json()) as { password: string }).password;
    },
    async set(server, password) {
      const response = await ask(server, { method: 'POST', body: JSON.stringify({ password }) });
      await response.arrayBuffer();
      return response.ok ? 200 : response.status;
    },
  };
}

/** Whether a path is that of the password, in any version that has one. */
export const isPasswordPath = (path: string): boolean => /^\/openstack\/[^/]+\/password\/?$/.test(path);
