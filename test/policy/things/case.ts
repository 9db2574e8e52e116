import type { World } from '../world.ts';

/** What a request needs beyond what its path and schema tell. */
export interface Case {
  body?: unknown;
  headers?: Record<string, string>;
  /** `?marker=…`. */
  query?: string;
  /** Parameters of the path, where others than usual. */
  params?: Record<string, string>;
  /** What must be so first; taken back with the request itself. */
  before?: () => Promise<unknown>;
  /** The status for who may do it, when it is no success, and why it cannot be one here. */
  answers?: { status: number; why: string };
}

/** Things of one service to try its operations on. */
export interface Things {
  /** By name in the path, or by the word before it and the name: `networks/:id`. */
  params: Record<string, string>;
  /** By operation. */
  cases: Record<string, Case>;
}

export type MakeThings = (world: World, others: Things[]) => Promise<Things>;

/** A parameter that another service's things have. */
export function paramOf(others: readonly Things[], name: string): string {
  const value = others.map(({ params }) => params[name]).find((one) => one !== undefined);
  if (value === undefined) throw new Error(`no thing is called ${name} yet`);
  return value;
}
