import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { keyPairsQuery, type KeyPair } from '../../api/queries/compute.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { AddKey } from './add-key.tsx';
import { MakeKey } from './make-key.tsx';
import { deleteKeyPair, listKeyPairs } from './operations.ts';

export default function KeyPairsPage() {
  const { keyPairs: text, common } = useText();
  const may = mayChange(useSession());
  const { data, error, refetch } = useQuery(keyPairsQuery);
  const [asked, ask] = useState<'make' | 'add' | null>(null);
  const [removed, remove] = useState<readonly KeyPair[]>([]);
  const columns = useMemo<Column<KeyPair>[]>(
    () => [
      { id: 'name', title: common.name, value: (key) => key.name },
      { id: 'type', title: text.type, value: (key) => key.public_key.split(' ')[0] ?? key.type },
      {
        id: 'fingerprint',
        title: text.fingerprint,
        value: (key) => key.fingerprint,
        cell: (key) => <CopyText text={key.fingerprint} />,
      },
      {
        id: 'public',
        title: text.publicKey,
        value: (key) => key.public_key,
        cell: (key) => <CopyText text={key.public_key} short={`${key.public_key.slice(0, 24)}…`} />,
        hidden: true,
      },
    ],
    [text, common],
  );
  const taken = (data ?? []).map(({ name }) => name);
  const buttons = may && (
    <div className="flex flex-wrap gap-2">
      <Button icon="upload" onClick={() => ask('add')}>
        {text.add}
      </Button>
      <Button icon="plus" look="main" onClick={() => ask('make')}>
        {text.make}
      </Button>
    </div>
  );
  return (
    <Page title={text.title} actions={buttons}>
      <div className="space-y-6">
        <p className="max-w-prose text-sm text-muted">{text.about}</p>
        <Table<KeyPair>
          label={text.title}
          rows={data}
          error={error}
          onRetry={() => void refetch()}
          rowKey={({ name }) => name}
          columns={columns}
          sort={{ id: 'name', desc: false }}
          empty={
            <EmptyState icon="key" title={text.emptyTitle} action={buttons}>
              {text.emptyText}
            </EmptyState>
          }
          {...(may && { bulk: [{ label: text.remove, icon: 'trash', danger: true, onRun: remove }] })}
        />
        <ShowMeHow operations={[listKeyPairs]} />
      </div>
      {asked === 'add' && <AddKey taken={taken} onClose={() => ask(null)} />}
      {asked === 'make' && <MakeKey taken={taken} onClose={() => ask(null)} />}
      {removed.length > 0 && (
        <ConfirmOperations
          title={text.removeTitle(removed.length, removed[0]?.name ?? '')}
          action={text.remove}
          names={taken.filter((name) => removed.some((one) => one.name === name))}
          operations={removed.map(({ name }) => deleteKeyPair(name))}
          kinds={['keypairs', 'quotas']}
          done={text.removed(removed.length)}
          onClose={() => remove([])}
        >
          <p>{text.removeText}</p>
        </ConfirmOperations>
      )}
    </Page>
  );
}
