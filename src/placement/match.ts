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

type Test = (value: string) => boolean;

/** What was read of requirements: few are in use, and each is asked of every host. */
const tests = new Map<string, Test>();
const MOST_TESTS = 1000;

/**
 * Whether a value is what an extra spec asks for, with the operators that these have; without one they are the same.
 * https://docs.openstack.org/nova/latest/admin/scheduling.html#computecapabilitiesfilter
 */
export function meets(value: string, requirement: string): boolean {
  let test = tests.get(requirement);
  if (test === undefined) {
    if (tests.size >= MOST_TESTS) tests.clear();
    test = read(requirement);
    tests.set(requirement, test);
  }
  return test(value);
}

function read(requirement: string): Test {
  const words = requirement.trim().split(/\s+/);
  const [operator = '', ...operands] = words;
  const wanted = operands.join(' ');
  if (operator === '<or>') {
    const any = requirement.split('<or>').map((one) => one.trim());
    return (value) => any.includes(value);
  }
  if (operator === '<all-in>') {
    return (value) => {
      const there = value.split(/[\s,]+/);
      return operands.every((one) => there.includes(one));
    };
  }
  const number = operands.length > 0 && Object.hasOwn(NUMBERS, operator) ? NUMBERS[operator] : undefined;
  if (number) return (value) => number(Number(value), Number(wanted));
  const text = operands.length > 0 && Object.hasOwn(TEXTS, operator) ? TEXTS[operator] : undefined;
  return text ? (value) => text(value, wanted) : (value) => value === requirement;
}
