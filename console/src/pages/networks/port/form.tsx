import { useQuery } from '@tanstack/react-query';
import {
  networkQuery,
  securityGroupsQuery,
  subnetsQuery,
  type Network,
  type Port,
} from '../../../api/queries/network.ts';
import { isAdmin, useSession } from '../../../api/session.ts';
import { AdvancedFields } from '../../../parts/form/advanced-fields.tsx';
import { CheckboxField, CheckboxGroup, SelectField, TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { nameOf } from '../../../parts/format.ts';
import { PairsField } from '../../../parts/form/pairs-field.tsx';
import type { useForm } from '../../../parts/form/use-form.ts';
import { useText } from '../../../text/index.tsx';
import { changesOf, membersOf, newPort, problemsOf, valuesOf, type PortValues } from './input.ts';
import { changePort, createPort } from './operations.ts';

const KINDS = ['ports', 'servers', 'quotas'] as const;

/** A port made before the server that it is for. */
export function CreatePort({ network, onClose }: { network: Network; onClose: () => void }) {
  const { ports: text } = useText();
  const session = useSession();
  const project = session.token.project?.id;
  const groups = useQuery(securityGroupsQuery).data;
  const validate = useValidate();
  // The form begins with the usual group: it is drawn when that is known.
  if (groups === undefined) return null;
  const usual = groups.filter((group) => group.project_id === project && group.name === 'default').map(({ id }) => id);
  return (
    <FormDialog<PortValues>
      title={text.createTitle(nameOf(network))}
      description={text.createText}
      action={text.create}
      initial={newPort(usual)}
      validate={validate}
      operations={(values) => [createPort(network, membersOf(values))]}
      kinds={KINDS}
      done={() => text.made}
      onClose={onClose}
    >
      {(form) => <Fields form={form} network={network} />}
    </FormDialog>
  );
}

export function EditPort({ port, onClose }: { port: Port; onClose: () => void }) {
  const { ports: text, common } = useText();
  const validate = useValidate();
  const network = useQuery(networkQuery(port.network_id)).data;
  if (network === undefined) return null;
  return (
    <FormDialog<PortValues>
      title={text.editTitle(port.name || (port.fixed_ips[0]?.ip_address ?? port.id))}
      action={common.save}
      initial={valuesOf(port)}
      validate={validate}
      operations={(values) => {
        const changes = changesOf(port, values);
        return Object.keys(changes).length === 0 ? [] : [changePort(port, changes)];
      }}
      kinds={KINDS}
      done={() => text.saved}
      onClose={onClose}
    >
      {(form) => <Fields form={form} network={network} editing />}
    </FormDialog>
  );
}

function useValidate() {
  const { ports: text } = useText();
  return (values: PortValues) => {
    const { addresses, pairs } = problemsOf(values);
    return {
      addresses: addresses === null ? undefined : text.problems[addresses],
      pairs: pairs === null ? undefined : text.problems[pairs],
    };
  };
}

function Fields({
  form: { field, values, set },
  network,
  editing = false,
}: {
  form: ReturnType<typeof useForm<PortValues>>;
  network: Network;
  editing?: boolean;
}) {
  const { ports: text, networks, common } = useText();
  const session = useSession();
  const project = session.token.project?.id;
  const subnets = (useQuery(subnetsQuery).data ?? []).filter(({ network_id: on }) => on === network.id);
  const groups = (useQuery(securityGroupsQuery).data ?? []).filter(
    (group) => group.project_id === project || group.shared === true || values.groups.includes(group.id),
  );
  // On a network of others Neutron lets nobody choose addresses or switch the protection off.
  const owns = isAdmin(session) || network.project_id === project;
  return (
    <>
      <TextField {...field('name')} label={common.name} optional maxLength={255} autoComplete="off" />
      {owns && (
        <TextField
          {...field('addresses')}
          label={networks.address}
          hint={editing ? text.addressesHint : text.addressesNewHint}
          optional={!editing}
          autoComplete="off"
        />
      )}
      {editing && subnets.length > 0 && (
        <SelectField
          {...field('more')}
          label={text.more}
          options={[{ value: '', label: common.none }, ...subnets.map(({ id, cidr }) => ({ value: id, label: cidr }))]}
        />
      )}
      {values.secured && groups.length > 0 && (
        <CheckboxGroup
          label={text.groups}
          hint={text.groupsHint}
          options={groups.map(({ id, name }) => ({ value: id, label: name }))}
          values={values.groups}
          onChange={(chosen) => set('groups', chosen)}
        />
      )}
      <AdvancedFields>
        <TextField {...field('description')} label={common.description} optional maxLength={255} />
        {owns && (
          <>
            <CheckboxField
              label={text.secured}
              hint={text.securedHint}
              checked={values.secured}
              onChange={(on) => set('secured', on)}
            />
            {values.secured && (
              <PairsField
                {...field('pairs')}
                label={text.pairs}
                hint={text.pairsHint}
                names={[text.pairAddress, networks.mac]}
                examples={['10.0.0.100', 'fa:16:3e:00:00:01']}
                add={text.addPair}
              />
            )}
          </>
        )}
      </AdvancedFields>
    </>
  );
}
