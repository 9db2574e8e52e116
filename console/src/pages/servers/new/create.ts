import type { QueryClient } from '@tanstack/react-query';
import type { Port } from '../../../api/queries/network.ts';
import { plainRequest } from '../../../api/request.ts';
import { send } from '../../../api/send.ts';
import { downloadText, makeKeyPair } from '../../../ssh/make-key.ts';
import { floatingOperation, keyOperation, serverOperation, sshRuleOperation, type ServerPlan } from './plan.ts';

export type CreateStep = 'key' | 'rule' | 'server' | 'floating';

/** What the page of the new server is told. */
export interface Created {
  id: string;
  /** The downloaded file of a key that was made here. */
  keyFile: string | null;
  /** Why it has no address for outside; the server itself is made. */
  addressProblem: string | null;
}

/**
 * Carries out a plan, step by step, each told to `onStep`. Throws ApiFault when the server cannot be asked for; once it is, what
 * fails is told in the answer. A second try after a failure begins with what `done` does not hold.
 */
export async function createServer(
  plan: ServerPlan,
  {
    client,
    done,
    onStep,
  }: { client: QueryClient; done: { keyName: string | null; rule: boolean }; onStep: (step: CreateStep) => void },
): Promise<Created> {
  let keyFile: string | null = null;
  const { key } = plan;
  if ((key.kind === 'made' || key.kind === 'given') && done.keyName !== key.name) {
    onStep('key');
    if (key.kind === 'made') {
      const file = await makeKeyPair(key.name);
      keyFile = `${key.name}.key`;
      downloadText(keyFile, file);
    } else {
      const operation = keyOperation(key);
      if (operation) await send(operation.request);
    }
    done.keyName = key.name;
    void client.invalidateQueries({ queryKey: ['keypairs'] });
  } else if (key.kind === 'made') {
    keyFile = `${key.name}.key`;
  }
  if (plan.openSsh !== null && !done.rule) {
    onStep('rule');
    await send(sshRuleOperation(plan.openSsh).request);
    done.rule = true;
    void client.invalidateQueries({ queryKey: ['security-groups'] });
  }
  onStep('server');
  const { server } = await send<{ server: { id: string } }>(serverOperation(plan).request);
  void client.invalidateQueries({ queryKey: ['servers'] });
  void client.invalidateQueries({ queryKey: ['quotas'] });
  let addressProblem: string | null = null;
  if (plan.floating !== null) {
    onStep('floating');
    addressProblem = await giveAddress(plan, server.id).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    void client.invalidateQueries({ queryKey: ['floatingips'] });
  }
  return { id: server.id, keyFile, addressProblem };
}

async function giveAddress(plan: ServerPlan, id: string): Promise<void> {
  if (plan.floating === null) return;
  // Ports are made together with the server.
  const asked = plainRequest('GET', '/network/v2.0/ports', { query: { device_id: id } });
  const { ports } = await send<{ ports: Port[] }>(asked);
  const [port] = ports;
  if (port) await send(floatingOperation(plan.floating, plan.name, port.id).request);
}
