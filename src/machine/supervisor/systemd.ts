import { rm, rmdir } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { writeIfChanged } from '../files.ts';
import { run, succeeds, tryRun } from '../run.ts';
import type { Service, Supervisor } from './service.ts';
import { dropIn, parseShow, unitFile } from './systemd-files.ts';

const UNITS = '/etc/systemd/system';

/** Supervision by systemd: units of ours, and drop-ins for the distribution's units of Open vSwitch and OVN. */
export function systemdSupervisor(): Supervisor {
  const fileOf = (service: Service) =>
    service.vendor ? `${UNITS}/${service.unit}.d/potluck.conf` : `${UNITS}/${service.unit}`;

  const write = async (service: Service): Promise<boolean> => {
    const changed = await writeIfChanged(fileOf(service), service.vendor ? dropIn(service) : unitFile(service));
    if (changed) await run('systemctl', ['daemon-reload']);
    return changed;
  };

  return {
    kind: 'systemd',
    async install(services) {
      for (const service of services) await write(service);
    },
    async ensure(service) {
      const changed = await write(service);
      const active = await succeeds('systemctl', ['is-active', '--quiet', service.unit]);
      if (!(await succeeds('systemctl', ['is-enabled', '--quiet', service.unit]))) {
        // A vendor's unit may be started by another one and have no [Install] section: that is no failure.
        await tryRun('systemctl', ['enable', service.unit]);
      }
      if (!active) {
        await run('systemctl', ['start', service.unit], { timeout: 120_000 });
        return 'started';
      }
      // A drop-in changes how a daemon is restarted, not what runs: no reason to interrupt a network.
      if (!changed || service.vendor) return 'unchanged';
      await run('systemctl', ['restart', service.unit], { timeout: 120_000 });
      return 'restarted';
    },
    async restart(service) {
      await run('systemctl', ['restart', service.unit], { timeout: 120_000 });
    },
    async stop(service) {
      await tryRun('systemctl', ['stop', service.unit], { timeout: 120_000 });
      if (!service.vendor) await tryRun('systemctl', ['disable', service.unit]);
    },
    async remove(service) {
      if (!service.vendor) await tryRun('systemctl', ['disable', '--now', service.unit], { timeout: 120_000 });
      await rm(fileOf(service), { force: true });
      if (service.vendor) await rmdir(dirname(fileOf(service))).catch(() => undefined);
      await tryRun('systemctl', ['daemon-reload']);
    },
    async status(service) {
      const shown = await tryRun('systemctl', [
        'show',
        '--property=LoadState,ActiveState,MainPID,StateChangeTimestampMonotonic',
        service.unit,
      ]);
      return parseShow(service.name, shown.stdout, uptime());
    },
    close: () => Promise.resolve(),
    logCommand: (service, lines, follow) => [
      'journalctl',
      '--no-pager',
      '-o',
      'cat',
      '-n',
      String(lines),
      ...(follow ? ['-f'] : []),
      '-u',
      service.unit,
    ],
  };
}
