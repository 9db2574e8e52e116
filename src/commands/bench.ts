import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

const HELP = `Usage: potluck bench NAME [OPTIONS]

Measures; most of them need a running cloud on this machine.

  boot   POST /servers to ACTIVE and to SSH as a ratio to bare QEMU, memory, requests per second
         [--rounds N] [--seconds N] [--servers N]
  placement  how many servers a second get their place among so many hosts; needs no cloud and no root
         [--hosts N] [--seconds N] [--clients N]
  ovn    what one more server costs to tell OVN of, beside a real ovsdb-server; needs no root
         [--servers N,N,...] [--hosts N] [--network N (servers on one)] [--rounds N]
  sim    a controller of its own with many simulated hosts: placing, converging, lists, memory (has a --help)
  events how much of a processor live updates take, and how late they come [--clients N] [--changes N] [--seconds N]
  peer   the table that compares two reports of another OpenStack's measuring script (has a --help)
  image  one large image there and back, and the controller's memory meanwhile [--gib N] [--pid CONTROLLER]
`;

/** Runs one of the programs in bench/. */
export async function bench(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    (name === undefined ? process.stderr : process.stdout).write(HELP);
    return name === undefined ? 2 : 0;
  }
  const path = join(ROOT, 'bench', name, 'run.ts');
  if (!/^[a-z]+$/.test(name) || !existsSync(path)) {
    process.stderr.write(`potluck: there is no benchmark '${name}'.\n\n${HELP}`);
    return 2;
  }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...rest], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
