import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { projectsQuery } from '../../api/queries/identity.ts';
import { sharingQuery, type Network, type Sharing as Policy } from '../../api/queries/network.ts';
import { isAdmin, useSession } from '../../api/session.ts';
import { Section } from '../../layout/page.tsx';
import { Awaited } from '../../parts/awaited.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { nameOf } from '../../parts/format.ts';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useText } from '../../text/index.tsx';
import { EVERYBODY, shareNetwork, sharedWith, unshareNetwork } from './share.ts';

/** Projects that this person can call by name: all for administrators, others' own ones. */
function useProjects(): readonly { id: string; name: string }[] {
  const session = useSession();
  const all = useQuery({ ...projectsQuery, enabled: isAdmin(session) }).data;
  return all ?? session.projects;
}

/** Which other projects may use a network, in sentences, each of which can be taken back. */
export function Sharing({ network, may }: { network: Network; may: boolean }) {
  const { networks: text } = useText();
  const projects = useProjects();
  const { data, error, refetch } = useQuery(sharingQuery(network.id));
  const [sharing, share] = useState(false);
  const [ended, end] = useState<Policy | null>(null);
  const sentence = ({ target_tenant: target }: Policy) =>
    target === EVERYBODY
      ? text.sharedEverybody
      : text.sharedWith(projects.find(({ id }) => id === target)?.name ?? target);
  const policies = sharedWith(data ?? []);
  return (
    <Section title={text.sharing} actions={may && <Button onClick={() => share(true)}>{text.share}</Button>}>
      {data === undefined ? (
        <Awaited error={error} onRetry={() => void refetch()} />
      ) : policies.length === 0 ? (
        <p className="text-sm text-muted">{text.sharedNobody}</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
          {policies.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-3 px-4 py-2">
              <span className="flex-1 break-words">{sentence(one)}</span>
              {may && (
                <Button look="quiet" aria-label={`${text.unshare}: ${sentence(one)}`} onClick={() => end(one)}>
                  {text.unshare}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {sharing && <Share network={network} taken={policies} projects={projects} onClose={() => share(false)} />}
      {ended !== null && (
        <ConfirmOperations
          title={text.unshareTitle}
          action={text.unshare}
          operations={[unshareNetwork(ended)]}
          kinds={['networks']}
          done={text.unshared}
          onClose={() => end(null)}
        >
          <p>{sentence(ended)}</p>
          <p>{text.unshareText}</p>
        </ConfirmOperations>
      )}
    </Section>
  );
}

const OTHER = 'other';

function Share({
  network,
  taken,
  projects,
  onClose,
}: {
  network: Network;
  taken: readonly Policy[];
  projects: readonly { id: string; name: string }[];
  onClose: () => void;
}) {
  const { networks: text } = useText();
  const admin = isAdmin(useSession());
  const has = (target: string) => taken.some(({ target_tenant: one }) => one === target);
  const known = projects.filter(({ id }) => id !== network.project_id && !has(id));
  const options = [
    ...known.map((one) => ({ value: one.id, label: nameOf(one) })),
    ...(admin && !has(EVERYBODY) ? [{ value: EVERYBODY, label: text.everyProject }] : []),
    // Names of others' projects are the operator's to know.
    ...(admin ? [] : [{ value: OTHER, label: text.otherProject }]),
  ];
  const targetOf = ({ project, id }: { project: string; id: string }) => (project === OTHER ? id.trim() : project);
  return (
    <FormDialog
      title={text.shareTitle(nameOf(network))}
      description={text.shareText}
      action={text.share}
      initial={{ project: options[0]?.value ?? '', id: '' }}
      validate={(values) => ({
        project: values.project === '' ? text.projectMissing : undefined,
        id: values.project === OTHER && !/^[\da-f-]{32,36}$/.test(values.id.trim()) ? text.projectIdWrong : undefined,
      })}
      operations={(values) => [shareNetwork(network, targetOf(values) || 'PROJECT')]}
      kinds={['networks', 'quotas']}
      done={() => text.sharedNow}
      onClose={onClose}
    >
      {({ field, values }) => (
        <>
          <SelectField {...field('project')} label={text.project} options={options} />
          {values.project === OTHER && (
            <TextField {...field('id')} label={text.projectId} hint={text.projectIdHint} autoComplete="off" />
          )}
        </>
      )}
    </FormDialog>
  );
}
