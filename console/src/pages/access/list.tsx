import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { credentialsQuery, type ApplicationCredential } from '../../api/queries/access.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { DateTime } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { CredentialMade } from './made.tsx';
import { createCredential, deleteCredential, expiryOf, listCredentials } from './operations.ts';

const PERIODS = [90, 30, 365, 0] as const;

export default function AccessPage() {
  const { access: text, common } = useText();
  const session = useSession();
  const may = mayChange(session);
  const { user, project } = session.token;
  const query = useQuery(credentialsQuery(user.id));
  const [creating, create] = useState(false);
  const [made, setMade] = useState<ApplicationCredential | null>(null);
  const [now] = useState(() => new Date());
  // A person's credentials of all their projects are listed; each is for one.
  const rows = useMemo(() => query.data?.filter((one) => one.project_id === project?.id), [query.data, project]);
  const columns = useMemo<Column<ApplicationCredential>[]>(
    () => [
      { id: 'name', title: common.name, value: (one) => one.name },
      { id: 'description', title: common.description, value: (one) => one.description },
      { id: 'roles', title: text.roles, value: (one) => one.roles.map(({ name }) => name).join(', ') },
      {
        id: 'expires',
        title: text.expires,
        value: (one) => one.expires_at ?? text.never,
        cell: (one) => (one.expires_at === null ? text.never : <DateTime at={one.expires_at} />),
      },
    ],
    [text, common],
  );
  const button = may && (
    <Button icon="plus" look="main" onClick={() => create(true)}>
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} actions={button}>
      <div className="space-y-6">
        <p className="max-w-prose text-sm text-muted">{text.about}</p>
        <ResourceList<ApplicationCredential>
          label={text.title}
          query={query}
          rows={rows}
          columns={columns}
          sort={{ id: 'name', desc: false }}
          empty={{ icon: 'terminal', title: text.emptyTitle, text: text.emptyText, action: button }}
          how={listCredentials(user.id)}
          removal={
            may && {
              words: text,
              operation: (one) => deleteCredential(user.id, one),
              kinds: ['application-credentials'],
            }
          }
        />
      </div>
      {creating && (
        <FormDialog
          title={text.create}
          action={text.create}
          initial={{ name: '', description: '', days: String(PERIODS[0]) }}
          validate={({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined })}
          operations={({ name, description, days }) => [
            createCredential(user.id, { name: name.trim(), description, expires: expiryOf(Number(days), now) }),
          ]}
          kinds={['application-credentials']}
          done={({ name }) => text.made(name)}
          onDone={([answer]) =>
            setMade((answer as { application_credential: ApplicationCredential }).application_credential)
          }
          onClose={() => create(false)}
        >
          {({ field }) => (
            <>
              <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />
              <SelectField
                {...field('days')}
                label={text.expires}
                hint={text.expiresHint}
                options={PERIODS.map((days) => ({ value: String(days), label: text.periods[days] }))}
              />
              <TextField {...field('description')} label={common.description} optional maxLength={255} />
            </>
          )}
        </FormDialog>
      )}
      {made !== null && <CredentialMade credential={made} onClose={() => setMade(null)} />}
    </Page>
  );
}
