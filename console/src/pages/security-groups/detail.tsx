import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { serversQuery } from '../../api/queries/compute.ts';
import { portsQuery, securityGroupQuery, securityGroupsQuery, type SecurityGroup } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Facts, Page, Section } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { Icon } from '../../parts/icons.tsx';
import { Remove } from '../../parts/remove.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { useText } from '../../text/index.tsx';
import { AddRule } from './add-rule.tsx';
import { GroupForm } from './group-form.tsx';
import { deleteRule, securityGroupRemoval, showSecurityGroup } from './operations.ts';
import { sentences, type Sentence } from './sentence.ts';
import { Awaited } from '../../parts/awaited.tsx';

type Asked = { what: 'edit' | 'remove' } | { what: 'add'; direction: 'ingress' | 'egress' } | null;

export default function SecurityGroupPage() {
  const { securityGroups: text } = useText();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const may = mayChange(useSession());
  const { data: group, error, refetch } = useQuery(securityGroupQuery(id));
  const [asked, ask] = useState<Asked>(null);
  const up = { to: '/security-groups', label: text.title };
  if (error !== null || group === undefined) {
    return (
      <Page title={text.group} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const own = group.name !== 'default' && may;
  return (
    <Page
      title={group.name}
      up={up}
      actions={
        own && (
          <>
            <Button onClick={() => ask({ what: 'edit' })}>{text.edit}</Button>
            <Button look="danger" onClick={() => ask({ what: 'remove' })}>
              {text.remove}
            </Button>
          </>
        )
      }
    >
      <p className="mb-5 max-w-prose text-sm text-muted">{text.about}</p>
      <Rules
        group={group}
        direction="ingress"
        {...(may && { onAdd: () => ask({ what: 'add', direction: 'ingress' }) })}
      />
      <Rules
        group={group}
        direction="egress"
        {...(may && { onAdd: () => ask({ what: 'add', direction: 'egress' }) })}
      />
      <div className="mb-6">
        <GroupFacts group={group} />
      </div>
      <ShowMeHow operations={[showSecurityGroup(id)]} />
      {asked?.what === 'edit' && <GroupForm group={group} onClose={() => ask(null)} />}
      {asked?.what === 'remove' && (
        <Remove
          {...securityGroupRemoval}
          words={text}
          rows={[group]}
          onClose={() => ask(null)}
          onDone={() => void navigate('/security-groups')}
        />
      )}
      {asked?.what === 'add' && <AddRule group={group} direction={asked.direction} onClose={() => ask(null)} />}
    </Page>
  );
}

/** The sentences of one direction, each with the way to take it away. */
function Rules({
  group,
  direction,
  onAdd,
}: {
  group: SecurityGroup;
  direction: 'ingress' | 'egress';
  onAdd?: () => void;
}) {
  const { securityGroups: text } = useText();
  const groups = useQuery(securityGroupsQuery).data;
  const [taken, take] = useState<Sentence | null>(null);
  const said = sentences(group.security_group_rules, {
    words: text.sentence,
    groupName: (id) => groups?.find((one) => one.id === id)?.name ?? id,
    own: group.id,
  }).filter((one) => one.direction === direction);
  return (
    <Section
      title={text[direction]}
      actions={
        onAdd && (
          <Button icon="plus" look={direction === 'ingress' ? 'main' : 'plain'} onClick={onAdd}>
            {text.add}
          </Button>
        )
      }
    >
      {said.length === 0 ? (
        <p className="rounded-lg border border-dashed border-control/50 p-4 text-sm text-muted">
          {direction === 'ingress' ? text.noIngress : text.noEgress}
        </p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
          {said.map((one) => (
            <li key={one.rules[0]?.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{one.text}</span>
                {(one.rules[0]?.description ?? '') !== '' && (
                  <span className="block text-muted">{one.rules[0]?.description}</span>
                )}
                {one.risky && (
                  <span className="flex gap-1.5 text-warn">
                    <Icon name="warning" className="mt-0.5 size-4" />
                    {text.risky}
                  </span>
                )}
              </span>
              {onAdd && (
                <Button look="quiet" aria-label={text.takeLabel(one.text)} onClick={() => take(one)}>
                  {text.take}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {taken !== null && (
        <ConfirmOperations
          title={text.takeTitle}
          action={text.take}
          operations={taken.rules.map(({ id }) => deleteRule(id))}
          kinds={['security-groups', 'quotas']}
          done={text.taken}
          onClose={() => take(null)}
        >
          <p className="font-medium">{taken.text}</p>
        </ConfirmOperations>
      )}
    </Section>
  );
}

function GroupFacts({ group }: { group: SecurityGroup }) {
  const { securityGroups: text, common } = useText();
  const ports = useQuery(portsQuery).data ?? [];
  const servers = useQuery(serversQuery).data ?? [];
  const ids = new Set(ports.filter((port) => port.security_groups.includes(group.id)).map((port) => port.device_id));
  const users = servers.filter(({ id }) => ids.has(id));
  return (
    <Facts
      facts={[
        [common.id, <CopyText key="id" text={group.id} />],
        ...(group.description === '' ? [] : [[common.description, group.description] as const]),
        [
          text.usedBy,
          users.length === 0
            ? text.unused
            : users.map(({ id, name }) => (
                <Link key={id} to={`/servers/${id}`} className="mr-3 text-accent underline">
                  {name}
                </Link>
              )),
        ],
      ]}
    />
  );
}
