import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { keyPairsQuery, type KeyPair } from '../../api/queries/compute.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { AddKey } from './add-key.tsx';
import { MakeKey } from './make-key.tsx';
import { deleteKeyPair, listKeyPairs } from './operations.ts';

export default function KeyPairsPage() {
  const { keyPairs: text, common } = useText();
  const may = mayChange(useSession());
  const query = useQuery(keyPairsQuery);
  const [asked, ask] = useState<'make' | 'add' | null>(null);
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
  const taken = (query.data ?? []).map(({ name }) => name);
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
        <ResourceList<KeyPair>
          label={text.title}
          query={query}
          columns={columns}
          sort={{ id: 'name', desc: false }}
          empty={{ icon: 'key', title: text.emptyTitle, text: text.emptyText, action: buttons }}
          how={listKeyPairs}
          removal={may && { words: text, operation: ({ name }) => deleteKeyPair(name), kinds: ['keypairs', 'quotas'] }}
        />
      </div>
      {asked === 'add' && <AddKey taken={taken} onClose={() => ask(null)} />}
      {asked === 'make' && <MakeKey taken={taken} onClose={() => ask(null)} />}
    </Page>
  );
}
