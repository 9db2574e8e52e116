import type { Service, ServiceStatus } from './service.ts';

/**
 * The `run` script of a service. Everything that must be true before the program starts is done here and not by `up`,
 * so that a start after kill -9, after a reboot and by `up` take the same path.
 */
export function runScript(service: Service): string {
  const lines = ['#!/bin/sh', `# ${service.title}. Written by \`potluck up\`; changes are lost.`, 'exec 2>&1'];
  for (const [name, value] of Object.entries(service.environment)) lines.push(`export ${name}=${quote(value)}`);
  if (service.pidFile !== null) lines.push(...takeOver(service.pidFile));
  lines.push(...service.prepare);
  lines.push(`exec ${service.command.map(quote).join(' ')}`, '');
  return lines.join('\n');
}

/**
 * Ends the process named in the pid file if it really is this daemon: one started by the distribution's init script,
 * or one that outlived a killed runsv. Two of them would fight for the same database and sockets. The command line is
 * compared because after a reboot the number may belong to anybody.
 */
function takeOver(pidFile: string): string[] {
  const name = pidFile.split('/').slice(-2).join('/');
  return [
    `pid=$(cat ${quote(pidFile)} 2>/dev/null || true)`,
    'is_it() { [ -n "$pid" ] && [ -e "/proc/$pid/cmdline" ] && tr "\\0" " " 2>/dev/null <"/proc/$pid/cmdline" | ' +
      `grep -qF ${quote(name)}; }`,
    'if is_it; then',
    '  kill "$pid" 2>/dev/null',
    '  n=0',
    '  while is_it && [ "$n" -lt 50 ]; do sleep 0.1; n=$((n + 1)); done',
    '  if is_it; then kill -9 "$pid"; fi',
    'fi',
  ];
}

/** The `log/run` script: svlogd keeps at most five old files of 1 MB each beside the current one. */
export function logScript(logDirectory: string): string {
  return ['#!/bin/sh', `mkdir -p ${quote(logDirectory)}`, `exec svlogd ${quote(logDirectory)}`, ''].join('\n');
}

export const LOG_CONFIG = 's1000000\nn5\n';

/** Reads a line of `sv status`: `run: /sv/agent: (pid 12) 34s; run: log: (pid 11) 34s`. */
export function parseSvStatus(name: string, line: string): ServiceStatus {
  const main = line.split(';')[0] ?? '';
  const running = /^run: .*\(pid (\d+)\) (\d+)s/.exec(main);
  if (running) return { name, state: 'running', pid: Number(running[1]), seconds: Number(running[2]) };
  const down = /^(?:down|finish): .*?(\d+)s/.exec(main);
  if (down) return { name, state: 'stopped', pid: null, seconds: Number(down[1]) };
  return { name, state: 'absent', pid: null, seconds: null };
}

/** Quotes a word for a POSIX shell, when it needs it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
