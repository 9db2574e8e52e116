export { openOvsdb, type Ovsdb, type OvsdbOptions } from './client.ts';
export type { Replica, RowChange, Selection } from './replica.ts';
export { OvsdbError, parseRemote } from './rpc.ts';
export { rowIs, type Condition, type Mutation, type Operation, type OperationResult } from './transact.ts';
export { sameValue, type Atom, type Row, type Value } from './values.ts';
