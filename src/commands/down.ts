import { findMachine, needRoot, pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, parseCommand, type CommandSpec } from '../machine/options.ts';
import { endServers, runningServers } from '../machine/servers.ts';

const SPEC: CommandSpec = {
  name: 'down',
  summary: 'Stops the control plane (controller and agent). Servers keep running and stay reachable.',
  options: {
    servers: { help: 'end the servers too, as if their plugs were pulled, and stop OVN and Open vSwitch' },
    ...COMMON,
  },
  details: '`potluck up` starts everything again. Open vSwitch keeps running when it has bridges of others.',
};

/** `potluck down`. */
export async function down(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  needRoot('down');
  const machine = await findMachine(pathsFrom(parsed));
  if (machine === null) {
    process.stdout.write(
      parsed.is('json') ? '{"stopped":[],"servers":0}\n' : 'Nothing of Potluck is on this machine.\n',
    );
    return EXIT.notRunning;
  }
  const { supervisor, daemons, engines } = machine;
  const stopped: string[] = [];
  const stop = async (services: typeof daemons) => {
    const last = services.toReversed();
    const states = await Promise.all(last.map((service) => supervisor.status(service)));
    stopped.push(...states.filter(({ state }) => state === 'running').map(({ name }) => name));
    // Also what does not run at this moment: Debian's ovn-northd takes its databases along when it is stopped, and
    // systemd would start them again half a second later.
    for (const service of last) await supervisor.stop(service);
  };
  await stop(daemons);
  let ended = 0;
  if (parsed.is('servers')) {
    ended = await endServers(machine.paths);
    const { bridges } = await import('../machine/ovn.ts');
    const foreign = (await bridges()).some(({ ours }) => !ours);
    await stop(engines.filter(({ name, vendor }) => !foreign || !vendor || name.startsWith('ovn-')));
  }
  const running = (await runningServers(machine.paths)).length;
  if (parsed.is('json')) {
    process.stdout.write(`${JSON.stringify({ stopped, serversEnded: ended, serversRunning: running })}\n`);
  } else {
    const what = stopped.length === 0 ? 'Nothing was running' : `Stopped ${stopped.join(', ')}`;
    process.stdout.write(`${what}; ${parsed.is('servers') ? `${ended} servers ended` : `${running} servers go on`}.\n`);
  }
  return EXIT.ok;
}
