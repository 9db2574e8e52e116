import { badRequest } from '../core/errors.ts';

/**
 * Clients filter names by regular expressions. JavaScript's own engine backtracks, so one hostile pattern could stop
 * the whole controller; this one follows all possibilities at once and takes time proportional to text × pattern.
 * It knows literals, `.`, classes, `\d \w \s`, groups, `|`, `*`, `+`, `?`, `{m,n}`, `^` and `$`.
 */
export type Pattern = (text: string) => boolean;

type Test = (character: string) => boolean;
type Node =
  | { kind: 'one'; test: Test; next: number }
  | { kind: 'split'; next: number[] }
  | { kind: 'start'; next: number }
  | { kind: 'end'; next: number }
  | { kind: 'match' };

type Tree =
  | { kind: 'one'; test: Test }
  | { kind: 'start' }
  | { kind: 'end' }
  | { kind: 'sequence'; parts: Tree[] }
  | { kind: 'choice'; parts: Tree[] }
  | { kind: 'repeat'; part: Tree; least: number; most: number };

const MOST_NODES = 2000;
const MOST_DEPTH = 50;

/** Compiles a filter. Throws ApiError 400 when it is no pattern, or too long a one. */
export function compilePattern(source: string, field: string): Pattern {
  const bad = (why: string) => badRequest(`Invalid input for query parameter ${field}. Value: ${source}. ${why}`);
  const tree = parse(source, bad);
  const nodes: Node[] = [{ kind: 'match' }];
  const add = (node: Node) => {
    if (nodes.length >= MOST_NODES) throw bad('The pattern is too long.');
    return nodes.push(node) - 1;
  };
  const start = compile(tree, 0, add);
  return (text) => run(nodes, start, Array.from(text));
}

function compile(tree: Tree, next: number, add: (node: Node) => number): number {
  switch (tree.kind) {
    case 'one':
      return add({ kind: 'one', test: tree.test, next });
    case 'start':
    case 'end':
      return add({ kind: tree.kind, next });
    case 'sequence':
      return tree.parts.reduceRight((after, part) => compile(part, after, add), next);
    case 'choice':
      return add({ kind: 'split', next: tree.parts.map((part) => compile(part, next, add)) });
    case 'repeat': {
      let after = next;
      if (tree.most === Infinity) {
        const loop: Node = { kind: 'split', next: [next] };
        const at = add(loop);
        loop.next.push(compile(tree.part, at, add));
        after = at;
      } else {
        for (let count = tree.least; count < tree.most; count++) {
          after = add({ kind: 'split', next: [next, compile(tree.part, after, add)] });
        }
      }
      for (let count = 0; count < tree.least; count++) after = compile(tree.part, after, add);
      return after;
    }
  }
}

/** Whether the pattern matches somewhere in the text. */
function run(nodes: readonly Node[], start: number, text: readonly string[]): boolean {
  let active = new Set<number>();
  for (let position = 0; position <= text.length; position++) {
    const seen = new Set<number>();
    const stack = [...active, start];
    const steps: { test: Test; next: number }[] = [];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const node = nodes[at];
      if (node === undefined) continue;
      if (node.kind === 'match') return true;
      if (node.kind === 'one') steps.push(node);
      else if (node.kind === 'split') stack.push(...node.next);
      else if (node.kind === 'start' ? position === 0 : position === text.length) stack.push(node.next);
    }
    const character = text[position];
    if (character === undefined) return false;
    active = new Set(steps.filter((step) => step.test(character)).map((step) => step.next));
  }
  return false;
}

type Refuse = (why: string) => Error;

function parse(source: string, bad: Refuse): Tree {
  const input = Array.from(source);
  let at = 0;
  const peek = () => input[at];
  const take = () => input[at++];

  const choice = (depth: number): Tree => {
    if (depth > MOST_DEPTH) throw bad('The pattern is nested too deeply.');
    const parts = [sequence(depth)];
    while (peek() === '|') {
      take();
      parts.push(sequence(depth));
    }
    return parts.length === 1 ? (parts[0] as Tree) : { kind: 'choice', parts };
  };
  const sequence = (depth: number): Tree => {
    const parts: Tree[] = [];
    for (let next = peek(); next !== undefined && next !== '|' && next !== ')'; next = peek()) {
      parts.push(repeated(atom(depth)));
    }
    return { kind: 'sequence', parts };
  };
  const atom = (depth: number): Tree => {
    const character = take();
    switch (character) {
      case '(': {
        if (peek() === '?') {
          take();
          if (take() !== ':') throw bad('Of the groups that begin with (? only (?: is known.');
        }
        const inner = choice(depth + 1);
        if (take() !== ')') throw bad('A parenthesis is not closed.');
        return inner;
      }
      case '[':
        return { kind: 'one', test: set() };
      case '.':
        return { kind: 'one', test: () => true };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '*':
      case '+':
      case '?':
        throw bad(`There is nothing before '${character}' that it could repeat.`);
      case '\\':
        return { kind: 'one', test: escaped() };
      case undefined:
        throw bad('The pattern ends too early.');
      default:
        return { kind: 'one', test: (one) => one === character };
    }
  };
  const escaped = (): Test => {
    const character = take();
    if (character === undefined) throw bad('The pattern ends in a backslash.');
    const known = CLASSES[character];
    if (known) return (one) => known.test(one);
    if (/[a-zA-Z0-9]/.test(character)) throw bad(`\\${character} is not known.`);
    return (one) => one === character;
  };
  const set = (): Test => {
    const negated = peek() === '^';
    if (negated) take();
    const tests: Test[] = [];
    for (let first = true; ; first = false) {
      const character = take();
      if (character === undefined) throw bad('A bracket is not closed.');
      if (character === ']' && !first) break;
      if (character === '\\') tests.push(escaped());
      else if (peek() === '-' && input[at + 1] !== undefined && input[at + 1] !== ']') {
        take();
        const last = take() ?? character;
        tests.push((one) => one >= character && one <= last);
      } else tests.push((one) => one === character);
    }
    return (one) => tests.some((test) => test(one)) !== negated;
  };
  const repeated = (part: Tree): Tree => {
    const [least, most] = bounds();
    if (least === 1 && most === 1) return part;
    if (peek() === '?') take();
    return repeated({ kind: 'repeat', part, least, most });
  };
  const bounds = (): [number, number] => {
    const character = peek();
    if (character === '*') return (take(), [0, Infinity]);
    if (character === '+') return (take(), [1, Infinity]);
    if (character === '?') return (take(), [0, 1]);
    const match = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(input.slice(at, at + 9).join(''));
    if (!match) return [1, 1];
    at += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === '' ? Infinity : Number(match[3]);
    if (least > most) throw bad('A repetition has its bounds the wrong way round.');
    return [least, most];
  };

  const tree = choice(0);
  if (at < input.length) throw bad('A parenthesis is closed that was not opened.');
  return tree;
}

const CLASSES: Record<string, RegExp> = {
  d: /^\d$/,
  D: /^\D$/,
  w: /^\w$/,
  W: /^\W$/,
  s: /^\s$/,
  S: /^\S$/,
};
