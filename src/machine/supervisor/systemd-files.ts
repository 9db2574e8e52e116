import type { Service, ServiceStatus } from './service.ts';

/** The unit file of a service of ours. */
export function unitFile(service: Service): string {
  return [
    `# ${service.title}. Written by \`potluck up\`; changes are lost.`,
    '[Unit]',
    `Description=Potluck: ${service.title}`,
    'After=network-online.target openvswitch-switch.service ovn-central.service ovn-host.service',
    'Wants=network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    ...Object.entries(service.environment).map(([name, value]) => `Environment=${systemdQuote(`${name}=${value}`)}`),
    `ExecStart=${service.command.map(systemdQuote).join(' ')}`,
    'Restart=always',
    'RestartSec=500ms',
    '# The agent starts QEMU: a restart of the agent must not end servers.',
    'KillMode=process',
    'LimitNOFILE=65536',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

/** The drop-in for a unit of the distribution: always restarted, never given up on. */
export function dropIn(service: Service): string {
  return [
    `# ${service.title}. Written by \`potluck up\`; changes are lost.`,
    '[Unit]',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Restart=always',
    'RestartSec=500ms',
    ...Object.entries(service.environment).map(([name, value]) => `Environment=${systemdQuote(`${name}=${value}`)}`),
    '',
  ].join('\n');
}

/** Reads `systemctl show -p LoadState,ActiveState,MainPID,...`: lines of `Key=value`. */
export function parseShow(name: string, text: string, monotonicSeconds: number): ServiceStatus {
  const fields = new Map(text.split('\n').map((line): [string, string] => splitOnce(line)));
  if (fields.get('LoadState') !== 'loaded') return { name, state: 'absent', pid: null, seconds: null };
  const running = fields.get('ActiveState') === 'active';
  const pid = Number(fields.get('MainPID') ?? 0);
  const since = Number(fields.get('StateChangeTimestampMonotonic') ?? 0) / 1e6;
  const seconds = since > 0 ? Math.max(0, Math.round(monotonicSeconds - since)) : null;
  return { name, state: running ? 'running' : 'stopped', pid: pid > 0 ? pid : null, seconds };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

/** Quotes a word for a unit file; `%` and `$` have a meaning there. See systemd.service(5), COMMAND LINES. */
export function systemdQuote(word: string): string {
  const text = word.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('"', '\\"');
  return /[\s"'\\]/.test(text) ? `"${text}"` : text;
}
