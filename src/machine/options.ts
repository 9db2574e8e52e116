import { parseArgs } from 'node:util';
import { OperatorError } from '../core/errors.ts';

/** The command line itself is wrong; exit code 2. */
export class UsageError extends OperatorError {}

export const EXIT = { ok: 0, failed: 1, usage: 2, notRunning: 3 } as const;

export interface OptionSpec {
  /** The word printed for the value in the help; without it the option is a switch. */
  value?: string;
  short?: string;
  help: string;
}

export interface CommandSpec {
  name: string;
  /** One line: what it does. */
  summary: string;
  /** Printed below the options. */
  details?: string;
  /** Words after the options, `[NAME]`. */
  operands?: string;
  options: Record<string, OptionSpec>;
}

export interface Parsed {
  text(name: string): string | undefined;
  is(name: string): boolean;
  operands: string[];
}

/** Options that every command on this machine knows. */
export const COMMON: Record<string, OptionSpec> = {
  'state-dir': { value: 'DIR', help: 'where Potluck keeps its state (/var/lib/potluck)' },
  json: { help: 'print JSON for programs instead of text for people' },
  help: { short: 'h', help: 'print this and do nothing' },
};

/**
 * Reads the words after a command's name. Answers null after printing the help when asked for it; throws a UsageError
 * for what the command does not know.
 */
export function parseCommand(
  spec: CommandSpec,
  args: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
): Parsed | null {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [name, option] of Object.entries(spec.options)) {
    options[name] = {
      type: option.value === undefined ? 'boolean' : 'string',
      ...(option.short === undefined ? {} : { short: option.short }),
    };
  }
  const seeHelp = `See: potluck ${spec.name} --help`;
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(`${words}.`, seeHelp);
  }
  if (parsed.values['help'] === true) {
    write(helpOf(spec));
    return null;
  }
  if (spec.operands === undefined && parsed.positionals.length > 0) {
    throw new UsageError(`Unexpected word '${parsed.positionals[0]}'.`, seeHelp);
  }
  return {
    text(name) {
      const value = parsed.values[name];
      return typeof value === 'string' ? value : undefined;
    },
    is: (name) => parsed.values[name] === true,
    operands: parsed.positionals,
  };
}

/** The help text of one command. */
export function helpOf(spec: CommandSpec): string {
  const rows = Object.entries(spec.options).map(([name, option]): [string, string] => [
    `${option.short === undefined ? '    ' : `-${option.short}, `}--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    option.help,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `Usage: potluck ${spec.name} [OPTIONS]${spec.operands === undefined ? '' : ` ${spec.operands}`}`,
    '',
    spec.summary,
    '',
    'Options:',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    ...(spec.details === undefined ? [] : ['', spec.details]),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing is running.',
    '',
  ].join('\n');
}

/** A whole number in a range, or a UsageError that names the option. */
export function numberOption(
  name: string,
  text: string | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`--${name} must be a number from ${min} to ${max}, not '${text}'.`, 'Give another value.');
  }
  return value;
}
