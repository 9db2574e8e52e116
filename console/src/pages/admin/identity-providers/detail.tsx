import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import {
  identityProviderQuery,
  oidcQuery,
  protocolsQuery,
  type IdentityProvider,
  type Protocol,
} from '../../../api/queries/federation.ts';
import { Page, Section } from '../../../layout/page.tsx';
import { Awaited } from '../../../parts/awaited.tsx';
import { Button, ButtonLink } from '../../../parts/button.tsx';
import { ConfirmOperations } from '../../../parts/confirm-operations.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { StatusBadge } from '../../../parts/states.tsx';
import { useText } from '../../../text/index.tsx';
import { Connection } from './connection.tsx';
import { deleteProvider, setProvider, showProvider } from './operations.ts';
import { providerName } from './provider-name.ts';
import { Rules } from './rules.tsx';

/** A provider: who may sign in with it, what they get, and how it is asked. */
export default function IdentityProviderPage() {
  const { identityProviders: text, people, common } = useText();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const { data: provider, error, refetch } = useQuery(identityProviderQuery(id));
  const protocols = useQuery(protocolsQuery(id));
  const [asked, ask] = useState<'switch' | 'delete' | null>(null);
  const up = { to: '/admin/identity-providers', label: text.title };
  if (provider === undefined || protocols.data === undefined) {
    return (
      <Page title={text.provider} up={up}>
        <Awaited error={error ?? protocols.error} onRetry={() => void Promise.all([refetch(), protocols.refetch()])} />
      </Page>
    );
  }
  const name = providerName(provider);
  const [first = null] = protocols.data;
  return (
    <Page
      title={name}
      up={up}
      badge={<StatusBadge tone={provider.enabled ? 'ok' : 'off'}>{people.enabledState(provider.enabled)}</StatusBadge>}
      actions={
        <>
          <Button onClick={() => ask('switch')}>{provider.enabled ? people.disable : people.enable}</Button>
          <Button look="danger" onClick={() => ask('delete')}>
            {common.delete}
          </Button>
        </>
      }
    >
      {first === null && <Unfinished id={id} />}
      {protocols.data.map((protocol) => (
        <ByProtocol key={protocol.id} provider={provider} protocol={protocol} several={protocols.data.length > 1} />
      ))}
      <ShowMeHow operations={showProvider(id, first)} />
      {asked === 'switch' && (
        <ConfirmOperations
          title={provider.enabled ? text.disableTitle(name) : text.enableTitle(name)}
          action={provider.enabled ? people.disable : people.enable}
          danger={provider.enabled}
          operations={[setProvider(id, { enabled: !provider.enabled })]}
          kinds={['identity-providers']}
          done={people.changed(name)}
          onClose={() => ask(null)}
        >
          <p>{provider.enabled ? text.disableText : text.enableText}</p>
        </ConfirmOperations>
      )}
      {asked === 'delete' && (
        <ConfirmOperations
          title={text.deleteTitle(name)}
          action={common.delete}
          typed={id}
          inOrder
          operations={deleteProvider(id, first?.mapping_id ?? null)}
          kinds={['identity-providers', 'users']}
          done={text.deleted(name)}
          onClose={() => ask(null)}
          onDone={() => void navigate(up.to)}
        >
          <p>{text.deleteText}</p>
        </ConfirmOperations>
      )}
    </Page>
  );
}

/** Nobody can sign in yet: a try that ended in the middle, or what was set up by other means. */
function Unfinished({ id }: { id: string }) {
  const { identityProviders: text } = useText();
  return (
    <div className="mb-6 flex flex-wrap items-center gap-3 rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
      <p className="min-w-0 flex-1">{text.unfinished}</p>
      <ButtonLink to={`/admin/identity-providers/new?id=${encodeURIComponent(id)}`}>{text.finish}</ButtonLink>
    </div>
  );
}

function ByProtocol({
  provider,
  protocol,
  several,
}: {
  provider: IdentityProvider;
  protocol: Protocol;
  several: boolean;
}) {
  const { identityProviders: text } = useText();
  const { data: oidc, error, refetch } = useQuery(oidcQuery(provider.id, protocol.id));
  if (oidc === undefined) return <Awaited error={error} onRetry={() => void refetch()} />;
  return (
    <>
      {several && (
        <Section title={text.protocol(protocol.id)}>
          <p className="text-sm text-muted">{text.severalProtocols}</p>
        </Section>
      )}
      {oidc === null && <Unfinished id={provider.id} />}
      <Rules provider={provider.id} protocol={protocol} oidc={oidc} />
      {oidc !== null && <Connection provider={provider} protocol={protocol} oidc={oidc} />}
    </>
  );
}
