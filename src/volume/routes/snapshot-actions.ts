import { Type } from 'typebox';
import { accepted } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { action, type Action } from '../actions.ts';
import { deleteSnapshot } from '../delete.ts';
import { resetSnapshot } from '../reset.ts';

export const ownSnapshotActions: readonly Action[] = [
  action('os-reset_status', {
    body: Strict({ status: Type.String() }),
    async run({ app, context, id, input }) {
      await resetSnapshot(app, context, id, input.status);
      return accepted();
    },
  }),
  // What Nova told Cinder of snapshots that it took itself; its clients may still say so.
  action('os-update_snapshot_status', {
    body: Strict({ status: Type.String(), progress: Type.Optional(Nullable(Type.String())) }),
    async run({ app, context, id, input }) {
      await resetSnapshot(app, context, id, input.status, input.progress);
      return accepted();
    },
  }),
  action('os-force_delete', {
    body: Type.Unknown(),
    async run({ app, context, id }) {
      await deleteSnapshot(app, context, id, true);
      return accepted();
    },
  }),
];
