import { askGuest, GuestRefused, GuestSilent } from '../engines/qga/client.ts';
import type { GuestPasswordAnswer, GuestPasswordWish } from './document.ts';

/** Whether there is an agent is known soon, as in libvirt; a slow guest may take long to hash a password. */
const PATIENCE = { hello: 5_000, answer: 30_000 };

/** Sets a user's password through the agent in the guest behind `socket`; every outcome is an answer. */
export async function setGuestPassword(socket: string, wish: GuestPasswordWish): Promise<GuestPasswordAnswer> {
  const { user, password } = wish;
  const args = { username: user, password: Buffer.from(password).toString('base64'), crypted: false };
  try {
    await askGuest(socket, 'guest-set-user-password', args, PATIENCE);
    return { outcome: 'done' };
  } catch (error) {
    if (error instanceof GuestRefused) return { outcome: 'refused', reason: error.message };
    if (error instanceof GuestSilent) return { outcome: 'silent' };
    throw error;
  }
}

/** Reads what the controller sends; null for what is not a wish. */
export function readPasswordWish(text: string): GuestPasswordWish | null {
  try {
    const value = JSON.parse(text) as Partial<GuestPasswordWish>;
    const { user, password } = value;
    return typeof user === 'string' && typeof password === 'string' ? { user, password } : null;
  } catch {
    return null;
  }
}
