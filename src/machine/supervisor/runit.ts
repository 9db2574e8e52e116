import { spawn } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../../core/errors.ts';
import { readText, writeIfChanged } from '../files.ts';
import type { Paths } from '../paths.ts';
import { isRunning, killAndWait } from '../processes.ts';
import { lastWords, tryRun } from '../run.ts';
import { waitFor } from '../wait.ts';
import { LOG_CONFIG, logScript, parseSvStatus, runScript } from './runit-files.ts';
import type { Service, Supervisor } from './service.ts';

/**
 * Supervision without systemd: runit's `runsvdir` over service directories of ours, found again by its pid file. It
 * starts a daemon again within a second or two. When runsvdir itself is killed its children go on supervising, and
 * the next `up` starts a new one that takes over.
 * See https://smarden.org/runit/ (runsvdir, runsv, sv, svlogd).
 */
export function runitSupervisor(paths: Paths): Supervisor {
  const pidFile = join(paths.run, 'runsvdir.pid');
  const directory = (service: Service) => join(paths.sv, service.name);
  const logs = (service: Service) => join(paths.log, service.name);

  /** Writes the service's directory; answers whether the run script is another than before. */
  const write = async (service: Service): Promise<boolean> => {
    await mkdir(logs(service), { recursive: true, mode: 0o750 });
    await writeIfChanged(join(logs(service), 'config'), LOG_CONFIG);
    const target = directory(service);
    if ((await readText(join(target, 'run'))) === null) {
      // Made under a name that runsvdir ignores, so that it never sees half a service. `down`: not started yet.
      const draft = join(paths.sv, `.${service.name}`);
      await rm(draft, { recursive: true, force: true });
      await mkdir(join(draft, 'log'), { recursive: true });
      await writeFile(join(draft, 'down'), '');
      await writeIfChanged(join(draft, 'run'), runScript(service), 0o755);
      await writeIfChanged(join(draft, 'log', 'run'), logScript(logs(service)), 0o755);
      await rm(target, { recursive: true, force: true });
      await rename(draft, target);
      return true;
    }
    await writeIfChanged(join(target, 'log', 'run'), logScript(logs(service)), 0o755);
    return writeIfChanged(join(target, 'run'), runScript(service), 0o755);
  };

  const sv = async (action: string, service: Service, seconds = 20): Promise<void> => {
    const result = await tryRun('sv', ['-w', String(seconds), action, directory(service)], {
      timeout: (seconds + 10) * 1000,
    });
    if (result.code !== 0) {
      throw new OperatorError(
        `${service.name} did not ${action}: ${lastWords(result)}`,
        `See what it says: potluck logs ${service.name}`,
      );
    }
  };

  const status = async (service: Service) =>
    parseSvStatus(service.name, (await tryRun('sv', ['status', directory(service)])).stdout);

  const start = async (): Promise<void> => {
    const known = Number(await readText(pidFile));
    if (known > 0 && (await isRunning(known, paths.sv))) return;
    await mkdir(paths.run, { recursive: true });
    const child = spawn('runsvdir', ['-P', paths.sv, `log: ${'.'.repeat(400)}`], {
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      // What a daemon may see of the environment of whoever called `up`.
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
    });
    await new Promise<void>((resolve, reject) => {
      child.on('spawn', resolve);
      child.on('error', reject);
    });
    child.unref();
    await writeFile(pidFile, `${child.pid}\n`);
  };

  /** Waits until runsv listens for this service: runsvdir looks for new directories every five seconds. */
  const supervised = (service: Service) =>
    waitFor(`supervision of ${service.name}`, async () => (await status(service)).state !== 'absent', {
      timeout: 15_000,
      hint: `Is runsvdir running? Its directory is ${paths.sv}.`,
    });

  return {
    kind: 'runit',
    async install(services) {
      await mkdir(paths.sv, { recursive: true });
      for (const service of services) if ((await status(service)).state === 'absent') await write(service);
      await start();
    },
    async ensure(service) {
      const before = await status(service);
      const changed = await write(service);
      await start();
      await supervised(service);
      await rm(join(directory(service), 'down'), { force: true });
      if (before.state !== 'running') {
        await sv('up', service);
        return 'started';
      }
      if (!changed) return 'unchanged';
      await sv('restart', service);
      return 'restarted';
    },
    async restart(service) {
      await sv('restart', service);
    },
    async stop(service) {
      if ((await status(service)).state === 'absent') return;
      await writeFile(join(directory(service), 'down'), '');
      await sv('force-stop', service);
    },
    async remove(service) {
      const gone = join(paths.sv, `.${service.name}.removed`);
      if ((await status(service)).state !== 'absent') {
        await writeFile(join(directory(service), 'down'), '');
        await sv('force-stop', service);
        // Under a name that runsvdir ignores, or it would start a new runsv for it at once.
        await rename(directory(service), gone);
        await tryRun('sv', ['exit', gone]);
        const left = async () => parseSvStatus('', (await tryRun('sv', ['status', gone])).stdout).state === 'absent';
        await waitFor(`the end of ${service.name}'s runsv`, left, { timeout: 15_000, hint: `See: sv status ${gone}` });
      }
      await rm(gone, { recursive: true, force: true });
      await rm(directory(service), { recursive: true, force: true });
    },
    status,
    async close() {
      const known = Number(await readText(pidFile));
      if (known > 0 && (await isRunning(known, paths.sv))) await killAndWait(known, 'SIGHUP', 10_000);
      await rm(pidFile, { force: true });
    },
    logCommand: (service, lines, follow) => [
      'tail',
      '-n',
      String(lines),
      ...(follow ? ['-F'] : []),
      join(logs(service), 'current'),
    ],
  };
}
