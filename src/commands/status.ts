import { readMembership } from '../host/identity/files.ts';
import { healthy, knowsUs } from '../machine/controller-health.ts';
import { findMachine, pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, parseCommand, type CommandSpec } from '../machine/options.ts';
import { runningServers } from '../machine/servers.ts';
import { urlOf } from '../machine/settings.ts';

const SPEC: CommandSpec = {
  name: 'status',
  summary: 'Shows what of the cloud runs on this machine.',
  options: COMMON,
  details: 'Ends with 0 when the controller answers and every part runs, with 1 when something is missing.',
};

/** `potluck status`. */
export async function status(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const machine = await findMachine(pathsFrom(parsed));
  if (machine === null) {
    process.stdout.write(parsed.is('json') ? '{"installed":false}\n' : 'Nothing of Potluck is on this machine.\n');
    return EXIT.notRunning;
  }
  const { settings, supervisor } = machine;
  const services = [...machine.daemons, ...machine.engines];
  const [answers, servers, parts] = await Promise.all([
    settings.role === 'host' ? knowsUs(machine.paths) : healthy(settings),
    runningServers(machine.paths),
    Promise.all(services.map((service) => supervisor.status(service))),
  ]);
  const url = (await readMembership(machine.paths.identity))?.controller ?? urlOf(settings);
  if (parsed.is('json')) {
    const fields = { installed: true, url, answers, servers: servers.length, supervisor: supervisor.kind, parts };
    process.stdout.write(`${JSON.stringify(fields)}\n`);
  } else {
    const lines = parts.map(({ name, state, pid, seconds }) => {
      const since = seconds === null ? '' : `for ${duration(seconds)}`;
      return `  ${name.padEnd(16)} ${state.padEnd(8)} ${(pid === null ? '' : `pid ${pid}`).padEnd(12)} ${since}`.trimEnd();
    });
    process.stdout.write(
      `${url} ${answers ? 'answers' : 'does not answer'}; ${servers.length} servers run on this machine\n${lines.join('\n')}\n`,
    );
    if (process.getuid?.() !== 0) process.stdout.write('Without root not everything can be seen.\n');
  }
  const running = parts.filter(({ state }) => state === 'running').length;
  if (running === 0 && !answers) return EXIT.notRunning;
  return answers && running === parts.length ? EXIT.ok : EXIT.failed;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
