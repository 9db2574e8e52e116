import { OperatorError } from '../core/errors.ts';
import { COMMON, EXIT, parseCommand, type CommandSpec } from '../machine/options.ts';
import { pathsOf } from '../machine/paths.ts';
import { progressOf } from '../machine/progress.ts';
import { SETTING_OPTIONS, readSettings, settingsOf, urlOf } from '../machine/settings.ts';
import { runUp } from '../machine/up.ts';

const SPEC: CommandSpec = {
  name: 'up',
  summary: 'Makes this machine a running cloud. Run again it mends and upgrades, and otherwise changes nothing.',
  options: {
    ...SETTING_OPTIONS,
    'no-demo': { help: "do not make the project 'demo' with a first server" },
    quiet: { short: 'q', help: 'print nothing but errors' },
    ...COMMON,
  },
  details: 'What is given once is remembered; a later `potluck up` needs no options.',
};

/** `potluck up`. */
export async function up(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const state = parsed.text('state-dir');
  const paths = pathsOf(state === undefined ? {} : { state });
  const settings = await settingsOf(parsed, paths);
  if ((await readSettings(paths))?.role === 'host') {
    throw new OperatorError(
      "This machine is a host of another machine's cloud.",
      'To mend or upgrade it: potluck join. To make it a cloud of its own, first: potluck destroy',
    );
  }
  const progress = progressOf(parsed);
  const demo = !parsed.is('no-demo');
  const server = await runUp({ paths, settings, progress, demo });
  const url = urlOf(settings);
  const ssh = server ? `ssh -i ~/.ssh/potluck_demo ${server.user}@${server.address}` : null;
  progress.finish(
    [
      `The cloud runs at ${url}`,
      ...(ssh === null ? [] : [`  log in to the first server:  ${ssh}`]),
      `  use it:                      openstack --os-cloud ${demo ? 'potluck-demo' : 'potluck'} server list`,
      '  look after it:               potluck status, potluck doctor',
    ],
    { url, server, ssh },
  );
  return EXIT.ok;
}
