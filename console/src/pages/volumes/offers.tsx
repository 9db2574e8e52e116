import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { transfersQuery, type Transfer } from '../../api/queries/volume.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { nameOf } from '../../parts/format.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { createdColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { acceptOffer, withdrawOffer } from './operations.ts';

/** Volumes on offer to other projects, and the way to take one over. */
export function Offers() {
  const { volumes: text, common } = useText();
  const may = mayChange(useSession());
  const query = useQuery(transfersQuery);
  const [withdrawn, withdraw] = useState<Transfer | null>(null);
  const [accepting, accept] = useState(false);
  const columns = useMemo<Column<Transfer>[]>(
    () => [
      { id: 'name', title: common.name, value: nameOf },
      { id: 'id', title: common.id, value: (one) => one.id, cell: (one) => <CopyText text={one.id} /> },
      createdColumn(common),
    ],
    [common],
  );
  const button = may && <Button onClick={() => accept(true)}>{text.accept}</Button>;
  return (
    <div className="space-y-3">
      <ResourceList<Transfer>
        name="offers-"
        label={text.tabs.offers}
        query={query}
        columns={columns}
        searchable={false}
        empty={{ icon: 'people', title: text.offersEmptyTitle, text: text.offersEmptyText, action: button }}
        {...(may && {
          actions: (one) => (
            <Button look="quiet" onClick={() => withdraw(one)}>
              {text.withdraw}
            </Button>
          ),
        })}
      />
      {(query.data?.length ?? 0) > 0 && button}
      {withdrawn !== null && (
        <ConfirmOperations
          title={text.withdrawTitle(nameOf(withdrawn))}
          action={text.withdraw}
          danger={false}
          operations={[withdrawOffer(withdrawn)]}
          kinds={['volumes']}
          done={text.withdrawn}
          onClose={() => withdraw(null)}
        />
      )}
      {accepting && (
        <FormDialog
          title={text.accept}
          description={text.acceptText}
          action={text.accept}
          initial={{ id: '', key: '' }}
          validate={({ id, key }) => ({
            id: id.trim() === '' ? text.idMissing : undefined,
            key: key.trim() === '' ? text.keyMissing : undefined,
          })}
          operations={({ id, key }) => [acceptOffer(id.trim(), key.trim())]}
          kinds={['volumes', 'snapshots', 'quotas']}
          done={() => text.accepted}
          onClose={() => accept(false)}
        >
          {({ field }) => (
            <>
              <TextField {...field('id')} label={common.id} autoComplete="off" />
              <TextField {...field('key')} label={text.key} autoComplete="off" />
            </>
          )}
        </FormDialog>
      )}
    </div>
  );
}
