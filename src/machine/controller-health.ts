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
