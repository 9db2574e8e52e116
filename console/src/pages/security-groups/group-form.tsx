import type { SecurityGroup } from '../../api/queries/network.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useText } from '../../text/index.tsx';
import { changeSecurityGroup, createSecurityGroup } from './operations.ts';

/** A new security group, or the name of one that is there. */
export function GroupForm({
  group,
  onClose,
  onMade,
}: {
  group?: SecurityGroup;
  onClose: () => void;
  onMade?: (id: string) => void;
}) {
  const { securityGroups: text, common } = useText();
  return (
    <FormDialog
      title={group === undefined ? text.create : text.edit}
      {...(group === undefined && { description: text.about })}
      action={group === undefined ? text.create : common.save}
      initial={{ name: group?.name ?? '', description: group?.description ?? '' }}
      validate={({ name }) => ({
        name:
          name.trim() === ''
            ? text.nameMissing
            : name.trim().toLowerCase() === 'default'
              ? text.nameDefault
              : undefined,
      })}
      operations={(values) => [group === undefined ? createSecurityGroup(values) : changeSecurityGroup(group, values)]}
      kinds={['security-groups', 'quotas']}
      done={({ name }) => (group === undefined ? text.made(name) : text.saved)}
      onDone={([answer]) => onMade?.((answer as { security_group: SecurityGroup }).security_group.id)}
      onClose={onClose}
    >
      {({ field }) => (
        <>
          <TextField {...field('name')} label={common.name} maxLength={255} />
          <TextField {...field('description')} label={common.description} optional maxLength={255} />
        </>
      )}
    </FormDialog>
  );
}
