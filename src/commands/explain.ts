import { isoSeconds } from '../core/clock.ts';
import { OperatorError } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';
import type { Explanation } from '../compute/index.ts';
import { signInAsAdmin } from '../machine/admin-session.ts';
import { findMachine, needRoot, pathsFrom } from '../machine/everything.ts';
import { explainWithNames } from '../placement/index.ts';
import { COMMON, EXIT, parseCommand, type CommandSpec } from '../machine/options.ts';
import { list, text } from '../machine/seed/client.ts';

const SPEC: CommandSpec = {
  name: 'explain',
  summary: 'Says why a server is where it is and as it is.',
  operands: 'SERVER',
  options: COMMON,
  details: 'SERVER is an id, or a name if just one server has it. Needs root, and a running controller.',
};

/** `potluck explain`. */
export async function explain(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const [word] = parsed.operands;
  if (word === undefined) {
    process.stderr.write('potluck: say which server. See: potluck explain --help\n');
    return EXIT.usage;
  }
  needRoot('explain');
  const machine = await findMachine(pathsFrom(parsed));
  if (machine === null) {
    process.stderr.write('Nothing of Potluck is on this machine.\n');
    return EXIT.notRunning;
  }
  const admin = await signInAsAdmin(machine);
  let id = word;
  if (!isUuid(word)) {
    const found = list(await admin.get('compute/v2.1', '/servers/detail?all_tenants=1'), 'servers');
    const named = found.filter((server) => server['name'] === word);
    const [one, ...others] = named;
    if (!one) throw new OperatorError(`No server is named '${word}'.`, 'See: openstack server list --all-projects');
    if (others.length > 0) {
      throw new OperatorError(
        `${named.length} servers are named '${word}'.`,
        `Give an id: ${named.map((server) => text(server, 'id')).join(', ')}`,
      );
    }
    id = text(one, 'id');
  }
  const told = (await admin.get('compute/v2.1', `/servers/${id}/potluck-explain`)) as unknown as Explanation;
  process.stdout.write(parsed.is('json') ? `${JSON.stringify(told)}\n` : `${inWords(told).join('\n')}\n`);
  return EXIT.ok;
}

/** An explanation as lines for a person. Pure. */
export function inWords(told: Explanation): string[] {
  const { server, placement, host, wanted, reported } = told;
  const lines = [`${server.name} (${server.id}) is ${server.status}${server.taskState ? `, ${server.taskState}` : ''}`];
  if (told.fault) lines.push(`  fault     ${told.fault.message}`);
  if (reported.reason) lines.push(`  reason    ${reported.reason}`);
  if (host) {
    const seen = host.lastSeen === null ? 'never heard of' : `last heard of ${isoSeconds(host.lastSeen)}`;
    lines.push(`  host      ${host.name}, ${seen}`);
    if (!reported.current) {
      lines.push(
        `            has not carried out the last change yet (document ${host.generation.reported} of ${host.generation.wanted})`,
      );
    }
  }
  lines.push(`  wanted    ${wanted.power}, build ${wanted.build}, boot ${wanted.boot}`);
  lines.push(`  reported  ${reported.state ?? 'nothing yet'}, build ${reported.build}, boot ${reported.boot}`);
  if (placement) {
    const { chosen, fit, hosts, candidates } = placement;
    const best = candidates.length > 1 ? `, best of ${candidates.join(', ')}` : '';
    lines.push(`  placement ${chosen ? `chosen: ${chosen}${best}; ${fit} of ${hosts} hosts fitted` : 'no host fits'}`);
    for (const line of explainWithNames(placement)) lines.push(`            not ${line}`);
  }
  for (const port of told.ports) {
    lines.push(`  port      ${port.network} ${port.addresses.join(', ')} is ${port.status}`);
  }
  for (const { at, action, result, details } of told.history) {
    lines.push(`  history   ${isoSeconds(at)} ${action}: ${result ?? 'under way'}${details ? `, ${details}` : ''}`);
  }
  return lines;
}
