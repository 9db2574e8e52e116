import type { HostId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Tx } from '../store/store.ts';

export async function loseContents(_app: App, _tx: Tx, _host: HostId, _now: number): Promise<number> {
  return 0;
}
