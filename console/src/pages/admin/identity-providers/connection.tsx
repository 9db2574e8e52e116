import { useState } from 'react';
import { issuerOf, planOf } from '../../../../../src/sign-in/index.ts';
import type { Check, IdentityProvider, OidcClient, Protocol } from '../../../api/queries/federation.ts';
import { useRun } from '../../../how/use-run.ts';
import { Facts, Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { useText } from '../../../text/index.tsx';
import { Findings } from './findings.tsx';
import { whatIsWrong } from './new-provider.ts';
import { checkOidc, masked, operationOf } from './operations.ts';

interface Given {
  provider: IdentityProvider;
  protocol: Protocol;
  oidc: OidcClient;
}

/** How a provider is asked, what it has to know of the cloud, and whether that works. */
export function Connection({ provider, protocol, oidc }: Given) {
  const { identityProviders: text, common } = useText();
  const run = useRun();
  const [editing, edit] = useState(false);
  const [busy, setBusy] = useState(false);
  const [check, setCheck] = useState<Check | null>(null);
  const [error, setError] = useState<unknown>(null);
  const tryIt = async () => {
    setBusy(true);
    setError(null);
    try {
      const [answer] = await run<{ check: Check }>(checkOidc(provider.id, protocol.id), { kinds: [] });
      setCheck(answer?.check ?? null);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section
      title={text.connection}
      actions={
        <>
          <Button busy={busy} onClick={() => void tryIt()}>
            {text.tryIt}
          </Button>
          <Button onClick={() => edit(true)}>{common.edit}</Button>
        </>
      }
    >
      {error !== null && <ErrorMessage error={error} />}
      {check !== null && (
        <div className="mb-3">
          <Findings check={check} />
        </div>
      )}
      <Facts
        facts={[
          [text.name, oidc.display_name],
          [text.issuer, <CopyText key="issuer" text={oidc.issuer} />],
          [text.clientId, <CopyText key="client" text={oidc.client_id} />],
          [text.clientSecret, oidc.has_client_secret ? text.secretKept : common.none],
          [text.redirect, <CopyText key="redirect" text={oidc.redirect_uri} />],
          [text.logout, <CopyText key="logout" text={oidc.backchannel_logout_uri} />],
          [text.scopes, oidc.scopes],
          ...(oidc.audiences.length === 0 ? [] : [[text.audiences, oidc.audiences.join(', ')] as const]),
        ]}
      />
      {editing && <EditConnection {...{ provider, protocol, oidc }} onClose={() => edit(false)} />}
    </Section>
  );
}

function EditConnection({ provider, protocol, oidc, onClose }: Given & { onClose: () => void }) {
  const { identityProviders: text } = useText();
  const operations = (values: { name: string; issuer: string; clientId: string; clientSecret: string }) => {
    const changed = {
      ...{ display_name: values.name.trim(), issuer: issuerOf(values.issuer), client_id: values.clientId.trim() },
      own_project: oidc.own_project,
      ...(values.clientSecret !== '' && { client_secret: values.clientSecret.trim() }),
    };
    const plan = planOf(
      { id: provider.id, oidc: changed, rules: null },
      { provider, domain: null, protocol, rules: null },
    );
    return plan.map(operationOf);
  };
  return (
    <FormDialog
      title={text.connection}
      action={text.save}
      initial={{ name: oidc.display_name, issuer: oidc.issuer, clientId: oidc.client_id, clientSecret: '' }}
      validate={(values) => {
        const all = { ...values, who: 'everybody', names: '', ownProject: false } as const;
        const { name, issuer, clientId } = whatIsWrong(all, null, new Set());
        return {
          name: name && text.wrong[name],
          issuer: issuer && text.wrong[issuer],
          clientId: clientId && text.wrong[clientId],
        };
      }}
      operations={operations}
      shown={(values) => operations(values).map(masked)}
      kinds={['identity-providers']}
      done={() => text.saved}
      onClose={onClose}
    >
      {({ field }) => (
        <>
          <TextField {...field('name')} label={text.name} hint={text.nameHint} maxLength={100} autoComplete="off" />
          <TextField {...field('issuer')} label={text.issuer} hint={text.issuerHint} autoComplete="off" />
          <TextField {...field('clientId')} label={text.clientId} hint={text.clientIdHint} autoComplete="off" />
          <TextField
            {...field('clientSecret')}
            label={text.clientSecret}
            hint={oidc.has_client_secret ? text.secretStays : text.clientSecretHint}
            type="password"
            autoComplete="off"
            optional
          />
        </>
      )}
    </FormDialog>
  );
}
