import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { isPublic, issuerOf, planOf } from '../../../../../src/sign-in/index.ts';
import { identityProvidersQuery, type Check } from '../../../api/queries/federation.ts';
import { send } from '../../../api/send.ts';
import { useSession } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page, Section } from '../../../layout/page.tsx';
import { Button, ButtonLink } from '../../../parts/button.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { Buttons } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { ChoiceCards } from '../../../parts/form/choice-cards.tsx';
import { CheckboxField, TextAreaField, TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { Icon } from '../../../parts/icons.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { useText } from '../../../text/index.tsx';
import { Findings } from './findings.tsx';
import { knownOf, wantedOf, whatIsWrong, type NewProvider } from './new-provider.ts';
import { masked, operationOf, tryOidc } from './operations.ts';
import { providerName, redirectUriOf } from './provider-name.ts';

const isBad = ({ findings }: Check) => findings.some(({ result }) => result === 'bad');

const WHOS = ['groups', 'addresses', 'everybody'] as const;

/** A provider, by what somebody knows who has registered the cloud there: it is tried before it is kept. */
export default function NewProviderPage() {
  const { identityProviders: text, common } = useText();
  const { token } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const run = useRun();
  const [params] = useSearchParams();
  // One that is there and was never finished.
  const [begun, begin] = useState(params.get('id'));
  const [check, setCheck] = useState<Check | null>(null);
  const [anyway, setAnyway] = useState(false);
  const providers = useQuery(identityProvidersQuery).data ?? [];
  const fixed = providers.find(({ id }) => id === params.get('id'));
  const taken = new Set(providers.map(({ id }) => id).filter((id) => id !== begun));
  const initial: NewProvider = {
    ...{ name: fixed ? providerName(fixed) : '', issuer: '', clientId: '', clientSecret: '' },
    ...{ who: '', names: '', ownProject: true },
  };
  const wanted = (values: NewProvider, claims = check?.claims ?? null) => wantedOf(values, params.get('id'), claims);
  const { field, form, values, set, busy, error } = useForm<NewProvider>({
    initial,
    validate: (given) => {
      const wrong = whatIsWrong(given, params.get('id'), taken);
      return Object.fromEntries(Object.entries(wrong).map(([key, what]) => [key, what && text.wrong[what]]));
    },
    async send(given) {
      const { check: answer } = await send<{ check: Check }>(tryOidc(wanted(given).oidc).request);
      setCheck(answer);
      if (isBad(answer) && !anyway) return;
      const plan = wanted(given, answer.claims);
      const steps = planOf(plan, await knownOf(client, plan.id));
      begin(plan.id);
      await run(steps.map(operationOf), {
        kinds: ['identity-providers'],
        done: text.added(given.name),
        inOrder: true,
      });
      void navigate(`/admin/identity-providers/${encodeURIComponent(plan.id)}`);
    },
  });
  const bad = check !== null && isBad(check);
  const operations = [
    tryOidc(wanted(values).oidc),
    ...planOf(wanted(values), { provider: null, domain: null, protocol: null, rules: null }).map(operationOf),
  ];
  return (
    <Page title={text.add} up={{ to: '/admin/identity-providers', label: text.title }}>
      <form {...form} className="max-w-3xl space-y-6">
        <Section title={text.there}>
          <p className="mb-3 max-w-prose text-sm text-muted">{text.thereText}</p>
          <p className="text-sm font-medium">{text.redirect}</p>
          <CopyText text={redirectUriOf(token.catalog, window.location.origin)} />
          <p className="mt-3 max-w-prose text-sm text-muted">{text.groupsThere}</p>
        </Section>
        <Section title={text.here}>
          <div className="space-y-4">
            <TextField {...field('name')} label={text.name} hint={text.nameHint} maxLength={100} autoComplete="off" />
            <TextField
              {...field('issuer')}
              label={text.issuer}
              hint={text.issuerHint}
              inputMode="url"
              autoComplete="off"
            />
            <TextField {...field('clientId')} label={text.clientId} hint={text.clientIdHint} autoComplete="off" />
            <TextField
              {...field('clientSecret')}
              label={text.clientSecret}
              hint={text.clientSecretHint}
              type="password"
              autoComplete="off"
              optional
            />
          </div>
        </Section>
        <Section title={text.whoMay}>
          <div className="space-y-4">
            <ChoiceCards
              {...field('who')}
              onChange={(value) => set('who', value as NewProvider['who'])}
              label={text.whoMayLabel}
              hint={text.whoMayHint}
              choices={WHOS.map((value) => ({
                value,
                title: text.whos[value],
                text: text.whoTexts[value],
              }))}
            />
            {(values.who === 'groups' || values.who === 'addresses') && (
              <TextAreaField
                {...field('names')}
                label={text.names[values.who]}
                hint={text.namesHint[values.who]}
                rows={2}
              />
            )}
            {values.who === 'everybody' && isPublic(issuerOf(values.issuer)) && (
              <p className="flex gap-2 text-sm text-warn">
                <Icon name="warning" className="mt-0.5 size-4" />
                {text.wholeWorld}
              </p>
            )}
            <CheckboxField
              label={text.ownProject}
              hint={text.ownProjectHint}
              checked={values.ownProject}
              onChange={field('ownProject').onChange}
            />
          </div>
        </Section>
        {check !== null && <Findings check={check} />}
        {bad && <CheckboxField label={text.anyway} hint={text.anywayHint} checked={anyway} onChange={setAnyway} />}
        {error !== null && <ErrorMessage error={error} />}
        <Buttons>
          <ButtonLink to="/admin/identity-providers">{common.cancel}</ButtonLink>
          <Button type="submit" look="main" busy={busy}>
            {text.tryAndAdd}
          </Button>
        </Buttons>
        <ShowMeHow operations={operations.map(masked)} />
      </form>
    </Page>
  );
}
