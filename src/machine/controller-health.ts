import { systemClock } from '../core/clock.ts';
import { OperatorError } from '../core/errors.ts';
import { readMembership } from '../host/identity/files.ts';
import { openIdentity } from '../host/identity/identity.ts';
import { ask, isOk, textOf } from '../host/line.ts';
import type { Paths } from './paths.ts';
import { urlOf, type Settings } from './settings.ts';

/** Whether a controller of ours answers on this machine's port. Never throws; answers within ten seconds, which a busy or emulated machine may need. */
export async function healthy(settings: Pick<Settings, 'address' | 'port'>): Promise<boolean> {
  try {
    const response = await fetch(`${urlOf(settings)}/healthz`, { signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * What the controller of a machine that has joined answers to its certificate. Throws when it cannot be reached, or
 * does not know this machine.
 */
export async function asksController(paths: Paths, path: string): Promise<unknown> {
  const membership = await readMembership(paths.identity);
  if (!membership) throw new OperatorError('This machine has joined no cloud.', 'Run: potluck join TOKEN');
  const identity = await openIdentity(paths.identity, systemClock);
  try {
    const link = { controller: membership.controller, tls: () => identity.tls() };
    const answer = await ask(link, path, { signal: AbortSignal.timeout(10_000) });
    const text = await textOf(answer);
    if (isOk(answer)) return JSON.parse(text);
    throw new OperatorError(
      `${membership.controller} answered ${answer.statusCode}: ${text.slice(0, 300)}`,
      'Is this machine still in the list? On the controller: potluck host list',
    );
  } finally {
    identity.close();
  }
}

/** Whether the controller of a machine that has joined answers it, and has heard of it lately. */
export async function knowsUs(paths: Paths): Promise<boolean> {
  return asksController(paths, '/entry/v1/standing').then(
    (answer) => (answer as { up?: boolean }).up === true,
    () => false,
  );
}
