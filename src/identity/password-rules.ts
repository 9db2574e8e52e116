import { badRequest, OperatorError } from '../core/errors.ts';
import type { PasswordRules } from '../http/app.ts';
import { fromJson } from '../store/json.ts';
import type { UserRow } from './store/users.ts';

const DAY = 24 * 60 * 60_000;

/** Keystone's names in `[security_compliance]` of what is a whole number. */
const WHOLE_NUMBERS = new Map<
  string,
  Exclude<keyof PasswordRules, 'changeUponFirstUse' | 'regex' | 'regexDescription'>
>([
  ['lockout_failure_attempts', 'lockoutFailureAttempts'],
  ['lockout_duration', 'lockoutSeconds'],
  ['unique_last_password_count', 'uniqueLastPasswordCount'],
  ['minimum_password_age', 'minimumAgeDays'],
  ['password_expires_days', 'expiresDays'],
  ['disable_user_account_days_inactive', 'inactiveDays'],
]);

/**
 * Reads rules written as `NAME=VALUE; NAME=VALUE`, with Keystone's names
 * (https://docs.openstack.org/keystone/latest/admin/configuration.html#security-compliance-and-pci-dss).
 * Throws OperatorError for what is none.
 */
export function parsePasswordRules(list: string): PasswordRules {
  const rules: PasswordRules = {};
  for (const text of list.split(';').map((one) => one.trim())) {
    if (text === '') continue;
    const [name = ''] = text.split('=', 1);
    const value = text.slice(name.length + 1);
    const number = WHOLE_NUMBERS.get(name);
    if (number !== undefined && /^\d{1,6}$/.test(value)) rules[number] = Number(value);
    else if (name === 'change_password_upon_first_use' && /^(true|false)$/.test(value)) {
      rules.changeUponFirstUse = value === 'true';
    } else if (name === 'password_regex') rules.regex = compiled(value).source;
    else if (name === 'password_regex_description') rules.regexDescription = value;
    else {
      const names = [...WHOLE_NUMBERS.keys(), 'change_password_upon_first_use', 'password_regex'].join(', ');
      throw new OperatorError(`'${text}' is no rule for passwords.`, `Give NAME=VALUE with one of: ${names}.`);
    }
  }
  return rules;
}

function compiled(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new OperatorError(`The password_regex '${text}' is no regular expression.`, String(error), { cause: error });
  }
}

/** The rules that everybody may read, with Keystone's names. */
export const readableRules = (rules: PasswordRules | undefined): Record<string, unknown> => ({
  password_regex: rules?.regex ?? null,
  password_regex_description: rules?.regexDescription ?? null,
});

const option = (user: Pick<UserRow, 'options'>, name: string) =>
  fromJson<Record<string, unknown>>(user.options)[name] === true;

/** Throws ApiError 400 for a password that is not what the rules ask for. */
export function requireGoodPassword(rules: PasswordRules | undefined, password: string): void {
  if (rules?.regex === undefined || new RegExp(`^(?:${rules.regex})`, 'u').test(password)) return;
  throw badRequest(
    `The password does not match the requirements: ${rules.regexDescription ?? 'ask an administrator for them'}.`,
  );
}

/** Throws ApiError 400 for an own password that is changed too soon after the last time. */
export function requireOldEnough(rules: PasswordRules | undefined, user: UserRow, now: number): void {
  if (!rules?.minimumAgeDays || !user.password_self_service || user.password_changed_at === null) return;
  const left = user.password_changed_at + rules.minimumAgeDays * DAY - now;
  if (left <= 0) return;
  throw badRequest(
    `Cannot change password before minimum age ${rules.minimumAgeDays} days is reached: wait ${Math.ceil(left / DAY)} days, or ask an administrator.`,
  );
}

/** When a password set now has to be changed; null for never. */
export function passwordEnd(
  rules: PasswordRules | undefined,
  user: Pick<UserRow, 'options'>,
  { now, ownChoice }: { now: number; ownChoice: boolean },
): number | null {
  if (!ownChoice && rules?.changeUponFirstUse && !option(user, 'ignore_change_password_upon_first_use')) return now;
  if (!rules?.expiresDays || option(user, 'ignore_password_expiry')) return null;
  // Keystone counts in whole seconds here.
  return Math.floor((now + rules.expiresDays * DAY) / 1000) * 1000;
}

export function passwordExpired(user: UserRow, now: number): boolean {
  return (
    user.password_expires_at !== null && user.password_expires_at <= now && !option(user, 'ignore_password_expiry')
  );
}

/** Whether an account is locked for too many wrong passwords. */
export function lockedOut(rules: PasswordRules | undefined, user: UserRow, now: number): boolean {
  if (!rules?.lockoutFailureAttempts || user.failed_logins < rules.lockoutFailureAttempts) return false;
  if (option(user, 'ignore_lockout_failure_attempts')) return false;
  if (!rules.lockoutSeconds) return true;
  return (user.last_failed_login_at ?? 0) + rules.lockoutSeconds * 1000 > now;
}

/** How many failures count now: those before a lock that has ended do not. */
export function failuresSoFar(rules: PasswordRules | undefined, user: UserRow): number {
  const over = rules?.lockoutFailureAttempts !== undefined && user.failed_logins >= rules.lockoutFailureAttempts;
  return over ? 0 : user.failed_logins;
}

/** Whether an account has not been used for too long. */
export function unusedTooLong(rules: PasswordRules | undefined, user: UserRow, now: number): boolean {
  if (!rules?.inactiveDays || option(user, 'ignore_user_inactivity')) return false;
  return now - (user.last_active_at ?? user.created_at) >= rules.inactiveDays * DAY;
}

/**
 * Whether the last log-in has to be written down anew: the day is enough. Also without a rule, so that one that is
 * set later does not shut everybody out.
 */
export const activityIsStale = (user: UserRow, now: number): boolean => now - (user.last_active_at ?? 0) >= DAY;
