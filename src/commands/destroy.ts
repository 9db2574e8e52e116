import { createInterface } from 'node:readline/promises';
import { destroyMachine } from '../machine/destroy.ts';
import { findMachine, needRoot, pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, UsageError, parseCommand, type CommandSpec } from '../machine/options.ts';
import { progressOf } from '../machine/progress.ts';
import { runningServers } from '../machine/servers.ts';

const SPEC: CommandSpec = {
  name: 'destroy',
  summary: 'Removes everything that Potluck made on this machine: servers, disks, images, networks, accounts, logs.',
  options: { yes: { short: 'y', help: 'do not ask' }, ...COMMON },
  details: "Debian's packages stay, and so do bridges of Open vSwitch that others made.",
};

/** `potluck destroy`. */
export async function destroy(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  needRoot('destroy');
  const paths = pathsFrom(parsed);
  const machine = await findMachine(paths);
  if (machine === null) {
    process.stdout.write(parsed.is('json') ? '{"event":"finished"}\n' : 'Nothing of Potluck is on this machine.\n');
    return EXIT.ok;
  }
  if (!parsed.is('yes')) {
    if (!process.stdin.isTTY) throw new UsageError('There is nobody to ask.', 'Give --yes to destroy without asking.');
    const servers = (await runningServers(paths)).length;
    process.stdout.write(
      `This removes ${paths.state} with all disks and images, and ends ${servers} running servers.\n`,
    );
    const reader = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await reader.question("Type 'yes' to go on: ");
    reader.close();
    if (answer.trim() !== 'yes') {
      process.stdout.write('Nothing was changed.\n');
      return EXIT.failed;
    }
  }
  const progress = progressOf(parsed);
  await progress.stage('destroy', 'Removing Potluck', async (detail) => {
    await destroyMachine(machine, detail);
    return 'nothing is left but packages';
  });
  return EXIT.ok;
}
