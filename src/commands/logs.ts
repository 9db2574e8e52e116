import { spawn } from 'node:child_process';
import { OperatorError } from '../core/errors.ts';
import { findMachine, pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, UsageError, numberOption, parseCommand, type CommandSpec } from '../machine/options.ts';

const SPEC: CommandSpec = {
  name: 'logs',
  summary: 'Prints what a part has said: controller (if none is named), agent, ovs-vswitchd, ovn-controller, …',
  operands: '[NAME]',
  options: {
    follow: { short: 'f', help: 'go on printing what comes' },
    lines: { short: 'n', value: 'NUMBER', help: 'how many lines (100)' },
    ...COMMON,
  },
  details: '`--json` prints the list of names and where their logs are.',
};

/** `potluck logs`. */
export async function logs(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const machine = await findMachine(pathsFrom(parsed));
  if (machine === null) {
    process.stderr.write('Nothing of Potluck is on this machine.\n');
    return EXIT.notRunning;
  }
  const services = [...machine.daemons, ...machine.engines];
  const lines = numberOption('lines', parsed.text('lines'), 100, 1, 1_000_000);
  if (parsed.is('json')) {
    const list = services.map((one) => ({ name: one.name, command: machine.supervisor.logCommand(one, lines, false) }));
    process.stdout.write(`${JSON.stringify(list)}\n`);
    return EXIT.ok;
  }
  const name = parsed.operands[0] ?? 'controller';
  const service = services.find((one) => one.name === name);
  if (!service || parsed.operands.length > 1) {
    throw new UsageError(`There is no part '${name}'.`, `Name one of: ${services.map((one) => one.name).join(', ')}.`);
  }
  const [program = '', ...words] = machine.supervisor.logCommand(service, lines, parsed.is('follow'));
  const child = spawn(program, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new OperatorError(`${program}: ${error.message}`, 'Is it installed?')));
    // Ctrl-C ends the follower, and that is how one stops following.
    child.on('close', (code, signal) => resolve(signal === null ? (code ?? EXIT.failed) : EXIT.ok));
  });
}
