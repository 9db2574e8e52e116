import type { Grant, Who } from '../../sign-in/index.ts';
import { UsageError } from '../options.ts';

/* The words of `potluck oidc add`, as what they mean. Pure. */

/** Names by commas. */
export const namesIn = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Who may sign in; null when nothing is said. Throws UsageError. */
export function whoIn({
  groups,
  domains,
  everybody,
}: {
  groups: string[];
  domains: string[];
  everybody: boolean;
}): Who | null {
  const said = [groups.length > 0, domains.length > 0, everybody].filter((one) => one).length;
  if (said > 1) {
    throw new UsageError('--members-of, --addresses-at and --everybody exclude each other.', 'Give one; or --rules.');
  }
  const wrong = domains.find((one) => !/^@?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(one));
  if (wrong !== undefined) {
    throw new UsageError(`--addresses-at: '${wrong}' is no domain.`, 'Give what stands behind the @: school.example');
  }
  if (groups.length > 0) return { kind: 'groups', names: groups };
  if (domains.length > 0) {
    return { kind: 'addresses', domains: domains.map((one) => one.replace(/^@/, '').toLowerCase()) };
  }
  return everybody ? { kind: 'everybody' } : null;
}

/** `GROUP:ROLE@PROJECT`, by commas. Groups may have colons and slashes in their names. Throws UsageError. */
export function grantsIn(text: string | undefined): Grant[] {
  return namesIn(text).map((one) => {
    const [, group, role, project] = /^(.+):([^:@]+)@(.+)$/.exec(one) ?? [];
    if (group === undefined || role === undefined || project === undefined) {
      throw new UsageError(
        `--grant: '${one}' does not say who gets what.`,
        'Give GROUP:ROLE@PROJECT, choir:member@music',
      );
    }
    return { group: group === '*' ? null : group, role, project };
  });
}

/** Throws UsageError. */
export function switchOf(option: string, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new UsageError(`--${option} is '${text}'.`, 'Give on or off.');
}
