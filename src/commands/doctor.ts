import { PLACE_OPTIONS, placeFrom } from '../machine/backup-options.ts';
import { diagnose, lookAtDatabase } from '../machine/diagnosis.ts';
import { findMachine, pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, parseCommand, type CommandSpec } from '../machine/options.ts';

const SPEC: CommandSpec = {
  name: 'doctor',
  summary: 'Looks at this machine and its cloud, and says what is wrong and how to mend it. Changes nothing.',
  options: { all: { short: 'a', help: 'print what is in order too' }, ...PLACE_OPTIONS, ...COMMON },
  details: [
    'Ends with 0 when nothing is wrong (warnings do not count), with 1 otherwise. Root sees more. Where `potluck up` never',
    'ran, as with several controllers, it looks at the database alone: give --database-file.',
  ].join('\n'),
};

/** `potluck doctor`. */
export async function doctor(args: string[]): Promise<number> {
  const parsed = parseCommand(SPEC, args);
  if (parsed === null) return EXIT.ok;
  const [machine, place] = [await findMachine(pathsFrom(parsed)), await placeFrom(parsed)];
  if (machine === null && place.database === undefined) {
    process.stdout.write(parsed.is('json') ? '{"installed":false}\n' : 'Nothing of Potluck is on this machine.\n');
    return EXIT.notRunning;
  }
  const findings = machine === null ? await lookAtDatabase(place) : await diagnose(machine, place);
  const wrong = findings.filter(({ state }) => state === 'bad');
  const warnings = findings.filter(({ state }) => state === 'warning');
  if (parsed.is('json')) {
    process.stdout.write(`${JSON.stringify({ installed: true, findings })}\n`);
  } else {
    for (const { what, state, detail, mend } of findings) {
      if (state === 'good' && !parsed.is('all')) continue;
      process.stdout.write(`${state.padEnd(8)} ${what}: ${detail}\n${mend === '' ? '' : `         ${mend}\n`}`);
    }
    const count = `${findings.length} looks, ${wrong.length} wrong, ${warnings.length} warnings`;
    process.stdout.write(`${count}${wrong.length === 0 ? ': nothing is broken.' : '.'}\n`);
  }
  return wrong.length === 0 ? EXIT.ok : EXIT.failed;
}
