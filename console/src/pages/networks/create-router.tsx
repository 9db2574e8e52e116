import { useQuery } from '@tanstack/react-query';
import { networksQuery, type Router } from '../../api/queries/network.ts';
import { nameOf } from '../../parts/format.ts';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useText } from '../../text/index.tsx';
import { createRouter, setGateway } from './operations.ts';

const useOutside = () => (useQuery(networksQuery).data ?? []).filter((one) => one['router:external']);

export function CreateRouter({ onClose }: { onClose: () => void }) {
  const { networks: text, common } = useText();
  const outside = useOutside();
  const find = (id: string) => outside.find((one) => one.id === id) ?? null;
  return (
    <FormDialog
      title={text.createRouter}
      description={text.createRouterText}
      action={text.createRouter}
      initial={{ name: '', outside: outside[0]?.id ?? '' }}
      validate={({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined })}
      operations={(values) => [createRouter(values.name.trim(), find(values.outside))]}
      kinds={['routers', 'ports', 'quotas']}
      done={({ name }) => text.made(name)}
      onClose={onClose}
    >
      {({ field }) => (
        <>
          <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />
          <SelectField
            {...field('outside')}
            label={text.outside}
            hint={text.outsideHint}
            options={[
              ...outside.map(({ id, name }) => ({ value: id, label: name })),
              { value: '', label: text.nowhere },
            ]}
          />
        </>
      )}
    </FormDialog>
  );
}

/** Where a router leads. */
export function ChangeOutside({ router, onClose }: { router: Router; onClose: () => void }) {
  const { networks: text } = useText();
  const outside = useOutside();
  return (
    <FormDialog
      title={`${text.changeOutside}: ${nameOf(router)}`}
      action={text.changeOutside}
      initial={{ outside: router.external_gateway_info?.network_id ?? '' }}
      validate={() => ({})}
      operations={(values) => [setGateway(router, outside.find(({ id }) => id === values.outside) ?? null)]}
      kinds={['routers', 'ports']}
      done={() => text.outsideChanged}
      onClose={onClose}
    >
      {({ field }) => (
        <SelectField
          {...field('outside')}
          label={text.outside}
          hint={text.outsideHint}
          options={[...outside.map(({ id, name }) => ({ value: id, label: name })), { value: '', label: text.nowhere }]}
        />
      )}
    </FormDialog>
  );
}
