import { TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { useText } from '../../../text/index.tsx';
import { validName } from '../new/plan.ts';
import { changePassword, imageServer, lockServer, renameServer } from '../operations.ts';
import type { WindowProps } from './props.ts';

/** An image of what is on the disk now. */
export function Image({ server, onClose }: WindowProps) {
  const { servers: text, common, newServer } = useText();
  return (
    <FormDialog
      title={text.actions.image}
      description={text.imageText}
      action={text.actions.image}
      initial={{ name: text.imageName(server.name) }}
      validate={({ name }) => ({ name: name.trim() === '' ? newServer.nameProblem : undefined })}
      operations={({ name }) => [imageServer(server, name.trim())]}
      kinds={['servers', 'images']}
      done={() => text.imageStarted}
      onClose={onClose}
    >
      {({ field }) => <TextField {...field('name')} label={common.name} maxLength={255} />}
    </FormDialog>
  );
}

export function Rename({ server, onClose }: WindowProps) {
  const { serverActions: text, common, newServer } = useText();
  return (
    <FormDialog
      title={text.renameTitle(server.name)}
      description={text.renameText}
      action={common.save}
      initial={{ name: server.name, description: server.description ?? '' }}
      validate={({ name }) => ({ name: validName(name) ? undefined : newServer.nameProblem })}
      operations={({ name, description }) => [
        renameServer(server, { name, description: description.trim() === '' ? null : description.trim() }),
      ]}
      kinds={['servers']}
      done={() => text.saved}
      onClose={onClose}
    >
      {({ field }) => (
        <>
          <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />
          <TextField {...field('description')} label={common.description} optional maxLength={255} />
        </>
      )}
    </FormDialog>
  );
}

export function Lock({ server, onClose }: WindowProps) {
  const { serverActions: text, servers } = useText();
  return (
    <FormDialog
      title={text.lockTitle(server.name)}
      description={text.lockText}
      action={servers.actions.lock}
      initial={{ reason: '' }}
      validate={() => ({})}
      operations={({ reason }) => [lockServer(server, reason.trim())]}
      kinds={['servers']}
      done={() => text.locked}
      onClose={onClose}
    >
      {({ field }) => (
        <TextField {...field('reason')} label={text.reason} hint={text.reasonHint} optional maxLength={255} />
      )}
    </FormDialog>
  );
}

/** By the agent in the guest, when its image promises one; the cloud's refusal says what is missing. */
export function Password({ server, onClose }: WindowProps) {
  const { serverActions: text, servers } = useText();
  return (
    <FormDialog
      title={text.passwordTitle(server.name)}
      description={text.passwordText}
      action={servers.actions.password}
      initial={{ password: '' }}
      validate={({ password }) => ({ password: password === '' ? text.passwordMissing : undefined })}
      operations={({ password }) => [changePassword(server, password)]}
      kinds={['servers']}
      done={() => text.passwordSet}
      onClose={onClose}
    >
      {({ field }) => (
        <TextField
          {...field('password')}
          type="password"
          label={text.password}
          maxLength={255}
          autoComplete="new-password"
        />
      )}
    </FormDialog>
  );
}
