import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { imageMembersQuery, type Image } from '../../api/queries/image.ts';
import { Section } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useText } from '../../text/index.tsx';
import { addMember, removeMember } from './operations.ts';

/** The projects that an image is shared with. */
export function Members({ image, may }: { image: Image; may: boolean }) {
  const { images: text } = useText();
  const { data = [], error } = useQuery(imageMembersQuery(image.id));
  const [sharing, share] = useState(false);
  const [removed, remove] = useState<string | null>(null);
  return (
    <Section title={text.members} actions={may && <Button onClick={() => share(true)}>{text.share}</Button>}>
      {error !== null && <ErrorMessage error={error} />}
      {data.length === 0 ? (
        <p className="text-sm text-muted">{text.noMembers}</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
          {data.map(({ member_id: project, status }) => (
            <li key={project} className="flex flex-wrap items-center gap-4 px-4 py-2">
              <CopyText text={project} />
              <span className="flex-1 text-muted">{text.memberStatuses[status]}</span>
              {may && (
                <Button look="quiet" aria-label={`${text.unshare}: ${project}`} onClick={() => remove(project)}>
                  {text.unshare}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {sharing && (
        <FormDialog
          title={text.share}
          description={text.shareText}
          action={text.share}
          initial={{ project: '' }}
          validate={({ project }) => ({ project: project.trim() === '' ? text.projectMissing : undefined })}
          operations={({ project }) => [addMember(image, project.trim())]}
          kinds={['images']}
          done={() => text.shared}
          onClose={() => share(false)}
        >
          {({ field }) => <TextField {...field('project')} label={text.project} autoComplete="off" />}
        </FormDialog>
      )}
      {removed !== null && (
        <ConfirmOperations
          title={text.unshareTitle(removed)}
          action={text.unshare}
          operations={[removeMember(image, removed)]}
          kinds={['images']}
          done={text.unshared}
          onClose={() => remove(null)}
        >
          <p>{text.unshareText}</p>
        </ConfirmOperations>
      )}
    </Section>
  );
}
