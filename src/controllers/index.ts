export { letHeapGrow } from './heap.ts';
export { startRelay, type Relay } from './relay.ts';
