const NUMBERS: Readonly<Record<string, (value: number, wanted: number) => boolean>> = {
  '=': (value, wanted) => value >= wanted,
  '>=': (value, wanted) => value >= wanted,
  '<=': (value, wanted) => value <= wanted,
  '==': (value, wanted) => value === wanted,
  '!=': (value, wanted) => value !== wanted,
};
const TEXTS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  's==': (value, wanted) => value === wanted,
  's!=': (value, wanted) => value !== wanted,
  's<': (value, wanted) => value < wanted,
  's<=': (value, wanted) => value <= wanted,
  's>': (value, wanted) => value > wanted,
  's>=': (value, wanted) => value >= wanted,
  '<in>': (value, wanted) => value.includes(wanted),
};

/**
 * Whether a value is what an extra spec asks for, with the operators that these have; without one they are the same.
 * https://docs.openstack.org/nova/latest/admin/scheduling.html#computecapabilitiesfilter
 */
export function meets(value: string, requirement: string): boolean {
  const words = requirement.trim().split(/\s+/);
  const [operator = '', ...operands] = words;
  const wanted = operands.join(' ');
  if (operator === '<or>') return requirement.split('<or>').some((one) => one.trim() === value);
  if (operator === '<all-in>') return operands.every((one) => value.split(/[\s,]+/).includes(one));
  const number = operands.length > 0 && Object.hasOwn(NUMBERS, operator) ? NUMBERS[operator] : undefined;
  if (number) return number(Number(value), Number(wanted));
  const text = operands.length > 0 && Object.hasOwn(TEXTS, operator) ? TEXTS[operator] : undefined;
  return text ? text(value, wanted) : value === requirement;
}
