import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { meaningOf, sentenceOf, type Meaning, type Rule } from '../../../../../src/sign-in/index.ts';
import { mappingQuery, type OidcClient, type Protocol } from '../../../api/queries/federation.ts';
import { domainsQuery, groupsQuery, projectsQuery } from '../../../api/queries/identity.ts';
import { useRun } from '../../../how/use-run.ts';
import { Section } from '../../../layout/page.tsx';
import { Awaited } from '../../../parts/awaited.tsx';
import { Button } from '../../../parts/button.tsx';
import { ConfirmOperations } from '../../../parts/confirm-operations.tsx';
import { CopyBlock } from '../../../parts/copy-text.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { CheckboxField } from '../../../parts/form/fields.tsx';
import { Menu } from '../../../parts/menu.tsx';
import { useText } from '../../../text/index.tsx';
import { writeOidc, writeRules } from './operations.ts';
import { RuleForm } from './rule-form.tsx';
import { valuesOf, type Things } from './rule-input.ts';
import { RuleWarnings } from './rule-warnings.tsx';
import { RulesAsJson } from './rules-as-json.tsx';

interface Given {
  provider: string;
  protocol: Protocol;
  oidc: OidcClient | null;
}

type Asked = { what: 'add' } | { what: 'edit' | 'remove'; index: number } | { what: 'json' } | null;

/** Who may sign in, and what they get: a sentence for each rule, and what no sentence says as it is written. */
export function Rules({ provider, protocol, oidc }: Given) {
  const { identityProviders: text, common, people } = useText();
  const { data: mapping, error, refetch } = useQuery(mappingQuery(protocol.mapping_id));
  const things: Things = {
    projects: useQuery(projectsQuery).data ?? [],
    groups: useQuery(groupsQuery).data ?? [],
    domains: useQuery(domainsQuery).data ?? [],
  };
  const [asked, ask] = useState<Asked>(null);
  if (mapping === undefined || mapping === null) return <Awaited error={error} onRetry={() => void refetch()} />;
  const { rules } = mapping;
  const read = rules.map((rule) => {
    const meaning = meaningOf(rule);
    const groupName = (id: string) => things.groups.find((one) => one.id === id)?.name ?? id;
    return { rule, meaning, sentence: meaning && sentenceOf(meaning, text.rule, groupName) };
  });
  const removed = asked?.what === 'remove' ? read[asked.index] : undefined;
  const edited = asked?.what === 'edit' ? read[asked.index]?.meaning : undefined;
  const values = edited && valuesOf(edited, things);
  const close = () => ask(null);
  return (
    <Section
      title={text.rules}
      actions={
        <>
          <Button onClick={() => ask({ what: 'json' })}>{text.asJson}</Button>
          <Button icon="plus" look="main" onClick={() => ask({ what: 'add' })}>
            {text.addRule}
          </Button>
        </>
      }
    >
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
        {read.map(({ rule, meaning, sentence }, index) => (
          <li key={index} className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-2.5">
            <RuleText rule={rule} meaning={meaning} sentence={sentence} issuer={oidc?.issuer ?? ''} />
            <Menu
              label={common.actionsFor(sentence ?? text.ruleNumber(index + 1))}
              entries={[
                {
                  label: common.edit,
                  onSelect: () =>
                    ask(
                      meaning !== null && valuesOf(meaning, things) !== null
                        ? { what: 'edit', index }
                        : { what: 'json' },
                    ),
                },
                {
                  label: text.removeRule,
                  icon: 'trash',
                  danger: true,
                  // A mapping has at least one.
                  disabled: rules.length === 1,
                  onSelect: () => ask({ what: 'remove', index }),
                },
              ]}
            />
          </li>
        ))}
        {oidc !== null && (
          <li className="px-4 py-2.5">
            <OwnProject provider={provider} protocol={protocol} oidc={oidc} />
          </li>
        )}
      </ul>
      <p className="mt-2 max-w-prose text-sm text-muted">{text.rulesHint}</p>
      {asked?.what === 'add' && (
        <RuleForm mapping={mapping} things={things} issuer={oidc?.issuer ?? ''} onClose={close} />
      )}
      {asked?.what === 'edit' && values && (
        <RuleForm
          mapping={mapping}
          things={things}
          issuer={oidc?.issuer ?? ''}
          edited={{ index: asked.index, values, account: edited?.account ?? null }}
          onClose={close}
        />
      )}
      {asked?.what === 'json' && <RulesAsJson mapping={mapping} onClose={close} />}
      {asked?.what === 'remove' && removed !== undefined && (
        <ConfirmOperations
          title={text.removeRuleTitle}
          action={text.removeRule}
          operations={[
            writeRules(
              mapping.id,
              rules.filter((_, index) => index !== asked.index),
            ),
          ]}
          kinds={['identity-providers']}
          done={people.changed(protocol.mapping_id)}
          onClose={close}
        >
          {removed.sentence === null ? (
            <CopyBlock text={JSON.stringify(removed.rule, null, 2)} />
          ) : (
            <p className="font-medium">{removed.sentence}</p>
          )}
          <p>{text.removeRuleText}</p>
        </ConfirmOperations>
      )}
    </Section>
  );
}

/** Its sentence with what to look out for, or the rule as it is written. */
function RuleText({
  rule,
  meaning,
  sentence,
  issuer,
}: {
  rule: Rule;
  meaning: Meaning | null;
  sentence: string | null;
  issuer: string;
}) {
  const { identityProviders: text } = useText();
  if (meaning === null || sentence === null) {
    return (
      <div className="min-w-0 flex-1 space-y-2">
        <p className="text-muted">{text.unread}</p>
        <CopyBlock text={JSON.stringify(rule, null, 2)} />
      </div>
    );
  }
  return (
    <span className="min-w-0 flex-1 py-1.5">
      <span className="block font-medium">{sentence}</span>
      <RuleWarnings meaning={meaning} issuer={issuer} />
    </span>
  );
}

/** The one rule that is no rule of a mapping, but of how the provider is asked. */
function OwnProject({ provider, protocol, oidc }: Given & { oidc: OidcClient }) {
  const { identityProviders: text } = useText();
  const run = useRun();
  const [error, setError] = useState<unknown>(null);
  const set = (own_project: boolean) => {
    setError(null);
    run(writeOidc(provider, protocol.id, { now: oidc, change: { own_project } }), {
      kinds: ['identity-providers'],
      done: text.saved,
    }).catch(setError);
  };
  return (
    <>
      <CheckboxField label={text.ownProject} hint={text.ownProjectHint} checked={oidc.own_project} onChange={set} />
      {error !== null && <ErrorMessage error={error} />}
    </>
  );
}
