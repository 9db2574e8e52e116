import type { Network, Subnet } from '../../../api/queries/network.ts';
import { AdvancedFields } from '../../../parts/form/advanced-fields.tsx';
import { CheckboxField, TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { nameOf } from '../../../parts/format.ts';
import { PairsField } from '../../../parts/form/pairs-field.tsx';
import type { useForm } from '../../../parts/form/use-form.ts';
import { useText } from '../../../text/index.tsx';
import { freeRange, rangeVersion } from '../addresses.ts';
import { changesOf, NEW_SUBNET, problemsOf, valuesOf, type SubnetProblem, type SubnetValues } from './input.ts';
import { changeSubnet, createSubnet } from './operations.ts';

const KINDS = ['subnets', 'networks', 'quotas'] as const;

export function AddSubnet({
  network,
  all,
  onClose,
}: {
  network: Network;
  all: readonly Subnet[];
  onClose: () => void;
}) {
  const { networks: text } = useText();
  const problems = useProblems();
  const proposed = freeRange(all.map(({ cidr }) => cidr));
  const rangeOf = ({ range }: SubnetValues) => (range === '' ? proposed : range.trim());
  return (
    <FormDialog<SubnetValues>
      title={text.addSubnetTitle(nameOf(network))}
      action={text.addSubnet}
      initial={NEW_SUBNET}
      validate={(values) => ({
        range: rangeVersion(rangeOf(values)) === null ? text.rangeWrong : undefined,
        ...problems(values),
      })}
      operations={(values) => [
        createSubnet(network, {
          name: network.name,
          cidr: rangeOf(values),
          version: rangeVersion(rangeOf(values)) ?? 4,
          ...changesOf(NEW_SUBNET, values),
        }),
      ]}
      kinds={KINDS}
      done={() => text.subnetMade}
      onClose={onClose}
    >
      {(form) => (
        <>
          <TextField {...form.field('range')} label={text.range} hint={text.rangeHint} placeholder={proposed} />
          <Fields form={form} />
        </>
      )}
    </FormDialog>
  );
}

export function EditSubnet({ subnet, onClose }: { subnet: Subnet; onClose: () => void }) {
  const { networks: text, common } = useText();
  const problems = useProblems();
  const before = valuesOf(subnet);
  return (
    <FormDialog<SubnetValues>
      title={text.editSubnetTitle(subnet.cidr)}
      description={text.editSubnetText}
      action={common.save}
      initial={before}
      validate={problems}
      operations={(values) => {
        const changes = changesOf(before, values);
        return Object.keys(changes).length === 0 ? [] : [changeSubnet(subnet, changes)];
      }}
      kinds={KINDS}
      done={() => text.renamed}
      onClose={onClose}
    >
      {(form) => <Fields form={form} editing />}
    </FormDialog>
  );
}

function useProblems() {
  const { networks: text } = useText();
  const words = (problem: SubnetProblem | null) => (problem === null ? undefined : text.subnetProblems[problem]);
  return (values: SubnetValues) => {
    const { dns, gateway, pools, routes } = problemsOf(values);
    return { dns: words(dns), gateway: words(gateway), pools: words(pools), routes: words(routes) };
  };
}

function Fields({
  form: { field, values, set },
  editing = false,
}: {
  form: ReturnType<typeof useForm<SubnetValues>>;
  editing?: boolean;
}) {
  const { networks: text } = useText();
  return (
    <>
      <TextField {...field('dns')} label={text.dns} hint={text.dnsHint} optional autoComplete="off" />
      <CheckboxField
        label={text.dhcp}
        hint={text.dhcpHint}
        checked={values.automatic}
        onChange={(on) => set('automatic', on)}
      />
      <AdvancedFields>
        <CheckboxField
          label={text.noGateway}
          hint={text.noGatewayHint}
          checked={values.noGateway}
          onChange={(on) => set('noGateway', on)}
        />
        {!values.noGateway && (
          <TextField {...field('gateway')} label={text.gateway} hint={text.gatewayHint} optional autoComplete="off" />
        )}
        <PairsField
          {...field('pools')}
          label={text.pools}
          hint={editing ? text.poolsEditHint : text.poolsHint}
          names={[text.poolFirst, text.poolLast]}
          examples={['192.168.10.100', '192.168.10.199']}
          add={text.addPool}
        />
        <PairsField
          {...field('routes')}
          label={text.hostRoutes}
          hint={text.hostRoutesHint}
          names={[text.routeTo, text.routeBy]}
          examples={['10.8.0.0/16', '192.168.10.5']}
          add={text.addRoute}
        />
      </AdvancedFields>
    </>
  );
}
