import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { networkQuery } from '../../api/queries/network.ts';
import { isAdmin, mayChange, useSession } from '../../api/session.ts';
import { Facts, Page, Section } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { nameOf } from '../../parts/format.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { Remove } from '../../parts/remove.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { useText } from '../../text/index.tsx';
import { NetworkStatus } from './network-status.tsx';
import { networkRemoval, renameNetwork, showNetwork } from './operations.ts';
import { CreatePort } from './port/form.tsx';
import { Ports } from './ports.tsx';
import { Sharing } from './sharing.tsx';
import { Subnets } from './subnets/subnets.tsx';
import { Awaited } from '../../parts/awaited.tsx';

export default function NetworkPage() {
  const { networks: text, ports, common } = useText();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const session = useSession();
  const { data: network, error, refetch } = useQuery(networkQuery(id));
  const [asked, ask] = useState<'rename' | 'remove' | 'port' | null>(null);
  const up = { to: '/networks?tab=networks', label: text.title };
  if (error !== null || network === undefined) {
    return (
      <Page title={text.network} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const own = network.project_id === session.token.project?.id;
  const may = own && mayChange(session);
  return (
    <Page
      title={nameOf(network)}
      up={up}
      badge={<NetworkStatus status={network.status} />}
      actions={
        may && (
          <>
            <Button onClick={() => ask('rename')}>{text.rename}</Button>
            <Button look="danger" onClick={() => ask('remove')}>
              {text.remove}
            </Button>
          </>
        )
      }
    >
      <div className="mb-6">
        <Facts
          facts={[
            [common.id, <CopyText key="id" text={network.id} />],
            ...(network.description === '' ? [] : [[common.description, network.description] as const]),
            [text.kind, network['router:external'] ? text.external : own ? text.own : text.shared],
          ]}
        />
      </div>
      <Subnets network={network} may={may} />
      {own && !network['router:external'] && <Sharing network={network} may={may} />}
      <Section
        title={text.ports}
        actions={
          mayChange(session) &&
          (own || network.shared || isAdmin(session)) && <Button onClick={() => ask('port')}>{ports.create}</Button>
        }
      >
        <Ports networkId={id} may={may} />
      </Section>
      <ShowMeHow operations={[showNetwork(id)]} />
      {asked === 'rename' && (
        <FormDialog
          title={text.rename}
          action={common.save}
          initial={{ name: network.name }}
          validate={({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined })}
          operations={({ name }) => [renameNetwork(network, name.trim())]}
          kinds={['networks']}
          done={() => text.renamed}
          onClose={() => ask(null)}
        >
          {({ field }) => <TextField {...field('name')} label={common.name} maxLength={255} />}
        </FormDialog>
      )}
      {asked === 'port' && <CreatePort network={network} onClose={() => ask(null)} />}
      {asked === 'remove' && (
        <Remove
          {...networkRemoval}
          words={text}
          rows={[network]}
          onClose={() => ask(null)}
          onDone={() => void navigate(up.to)}
        />
      )}
    </Page>
  );
}
