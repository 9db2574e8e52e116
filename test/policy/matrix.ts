import { join } from 'node:path';
import { PERSONAS, type Persona } from './personas.ts';
import type { Walked } from './walk.ts';

export const DIRECTORY = join(import.meta.dirname, '../../docs/policy');

/** The columns, as a reader sees them: who, and what their token is for. */
const COLUMNS: Record<Persona, string> = {
  nobody: 'none',
  unscoped: 'any',
  'other-member': 'othr',
  'project-reader': 'p:rd',
  'project-member': 'p:me',
  'project-manager': 'p:ma',
  'domain-reader': 'd:rd',
  'domain-member': 'd:me',
  'domain-manager': 'd:ma',
  'domain-admin': 'd:ad',
  'system-reader': 's:rd',
  'system-admin': 's:ad',
  admin: 'p:ad',
};

const LEGEND = `Who may do what with the %s API: what each was answered when they really asked.
Written by 'node test/policy/write.ts'; a test walks all routes and fails when this is not so any more.

  x  done          .  refused (403)      ?  not found: they do not see it (404)
  !  who are you (401)                   ~  allowed, but it could not be done here: the last column says why

  none  no token   any   a token without a scope     othr  a member of another project of the domain
  p:    a token for the project in which the thing is: rd reader, me member (who made it), ma manager
  d:    a token for the project's domain: rd reader, me member, ma manager, ad admin
  s:    a token for the system: rd reader, ad admin
  p:ad  an administrator, by a token for a project of their own
`;

/** One service's matrix, as the text of its file. */
export function matrixOf(service: string, walked: readonly Walked[]): string {
  const shown = walked.filter(({ operation }) => !operation.name.startsWith('gone:'));
  const width = Math.max(...shown.map(({ operation }) => operation.name.length));
  const rule = Math.max(...shown.map(({ operation }) => operation.rule.length));
  const head = [' '.repeat(width), 'rule'.padEnd(rule), ...PERSONAS.map((persona) => COLUMNS[persona])].join(' ');
  const lines = shown.map((one) =>
    [
      one.operation.name.padEnd(width),
      one.operation.rule.padEnd(rule),
      ...PERSONAS.map((persona) => `  ${symbolOf(one, one.statuses[persona])} `),
      one.given.answers?.why ?? '',
    ]
      .join(' ')
      .trimEnd(),
  );
  const groups = lines.map((line, index) =>
    index > 0 && resourceOf(lines[index - 1]) !== resourceOf(line) ? `\n${line}` : line,
  );
  return `${LEGEND.replace('%s', service)}\n${head}\n\n${groups.join('\n')}\n`;
}

const resourceOf = (line = '') => line.split(':')[0];

function symbolOf({ given }: Walked, status: number): string {
  if (status < 400) return 'x';
  if (status === given.answers?.status) return '~';
  return { 401: '!', 403: '.', 404: '?' }[status] ?? '~';
}
