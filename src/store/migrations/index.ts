import type { Migration } from '../migrate.ts';
import { audit } from './0001-audit.ts';

/** In the order they are applied. */
export const migrations: readonly Migration[] = [audit];
