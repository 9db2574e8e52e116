import { hostname } from 'node:os';
import { OperatorError } from '../core/errors.ts';
import { parseJoinToken } from '../core/join-token.ts';
import { readMembership } from '../host/identity/files.ts';
import { needRoot } from '../machine/everything.ts';
import { runJoin } from '../machine/join.ts';
import { COMMON, EXIT, UsageError, parseCommand, type CommandSpec } from '../machine/options.ts';
import { pathsOf } from '../machine/paths.ts';
import { progressOf } from '../machine/progress.ts';
import { SETTING_OPTIONS, addressTowards, readSettings, settingsOf } from '../machine/settings.ts';

const { accel, 'bridge-mappings': mappings } = SETTING_OPTIONS;

const SPEC: CommandSpec = {
  name: 'join',
  summary: "Makes this machine a host of another machine's cloud. Without a token it mends and upgrades one that is.",
  operands: '[TOKEN]',
  options: {
    'host-name': { value: 'NAME', help: "this machine's name in the cloud, unless the invite has one (its hostname)" },
    address: { value: 'ADDRESS', help: 'by which the other machines reach this one (that towards the controller)' },
    ...(accel && { accel }),
    ...(mappings && { 'bridge-mappings': mappings }),
    quiet: { short: 'q', help: 'print nothing but errors' },
    ...COMMON,
  },
  details: '`potluck host invite`, on the controller, prints the token. It says nothing to an impostor.',
};

/** `potluck join`. */
export async function join(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  needRoot('join');
  const [word, ...more] = parsed.operands;
  if (more.length > 0) throw new UsageError('A token is one word.', 'See: potluck join --help');
  const token = word === undefined ? null : parseJoinToken(word);
  const state = parsed.text('state-dir');
  const paths = pathsOf(state === undefined ? {} : { state });
  const before = await readSettings(paths);
  if (before !== null && before.role !== 'host') {
    throw new OperatorError(
      'This machine is a cloud of its own: `potluck up` was run here.',
      'To give it to another cloud, with all that is on it removed first: potluck destroy',
    );
  }
  const controller = token?.controller ?? (await readMembership(paths.identity))?.controller;
  const towards = controller === undefined ? '' : new URL(controller).hostname.replaceAll(/^\[|\]$/g, '');
  const address = parsed.text('address') ?? before?.address ?? (await addressTowards(towards));
  const settings = { ...(await settingsOf(parsed, paths)), address, role: 'host' as const };
  const progress = progressOf(parsed);
  const name = parsed.text('host-name') ?? hostname();
  const membership = await runJoin({ paths, settings, progress, token, name });
  progress.finish(
    [
      `${membership.name} is a host of the cloud of ${membership.controller}`,
      '  on the controller:  potluck host list; openstack --os-cloud potluck hypervisor list',
      '  look after it:      potluck status, potluck doctor',
    ],
    { host: membership.host, name: membership.name, controller: membership.controller },
  );
  return EXIT.ok;
}
