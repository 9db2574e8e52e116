import { useQuery, useQueryClient } from '@tanstack/react-query';
import { networksQuery, routersQuery, subnetsQuery, type Network, type Router } from '../../api/queries/network.ts';
import { send } from '../../api/send.ts';
import { useSession } from '../../api/session.ts';
import { nameOf } from '../../parts/format.ts';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useText } from '../../text/index.tsx';
import { freeRange, rangeVersion, wordsOf } from './addresses.ts';
import { connectSubnet, createNetwork, createRouter } from './operations.ts';
import { createSubnet } from './subnets/operations.ts';

interface Values {
  name: string;
  /** Empty: the one proposed. */
  range: string;
  dns: string;
  /** An id, `new`, or nothing. */
  router: string;
}

/** A network with a range of addresses and a router: what a person means by a network. */
export function CreateNetwork({ onClose }: { onClose: () => void }) {
  const { networks: text, common } = useText();
  const client = useQueryClient();
  const toast = useToast();
  const project = useSession().token.project?.id;
  const subnets = useQuery(subnetsQuery).data ?? [];
  const routers = (useQuery(routersQuery).data ?? []).filter((one) => one.project_id === project);
  const outside = (useQuery(networksQuery).data ?? []).find((one) => one['router:external']) ?? null;
  const proposed = freeRange(subnets.map(({ cidr }) => cidr));
  const rangeOf = ({ range }: Values) => (range === '' ? proposed : range.trim());
  const subnetOf = (values: Values) => ({
    name: values.name.trim(),
    cidr: rangeOf(values),
    version: rangeVersion(rangeOf(values)) ?? 4,
    ...(wordsOf(values.dns).length > 0 && { dns_nameservers: wordsOf(values.dns) }),
  });
  const known = (values: Values, made: { router?: Router } = {}) =>
    made.router ?? routers.find(({ id }) => id === values.router) ?? { id: 'ROUTER', name: values.name };
  const steps = (values: Values) => [
    createNetwork(values.name.trim()),
    createSubnet({ id: 'NETWORK', name: values.name.trim() }, subnetOf(values)),
    ...(values.router === 'new' ? [createRouter(values.name.trim(), outside)] : []),
    ...(values.router === '' ? [] : [connectSubnet(known(values), { id: 'SUBNET', name: values.name.trim() })]),
  ];
  /** One after the other; what was made stays when a later one is refused, and the message says why it was. */
  const sendAll = async (values: Values) => {
    try {
      const { network } = await send<{ network: Network }>(createNetwork(values.name.trim()).request);
      const { subnet } = await send<{ subnet: { id: string; name: string } }>(
        createSubnet(network, subnetOf(values)).request,
      );
      if (values.router === '') return;
      const made =
        values.router === 'new'
          ? await send<{ router: Router }>(createRouter(values.name.trim(), outside).request)
          : {};
      await send(connectSubnet(known(values, made), subnet).request);
    } finally {
      for (const kind of ['networks', 'subnets', 'routers', 'ports', 'quotas']) {
        void client.invalidateQueries({ queryKey: [kind] });
      }
    }
  };
  return (
    <FormDialog<Values>
      title={text.create}
      description={text.createText}
      action={text.create}
      initial={{ name: '', range: '', dns: '', router: routers[0]?.id ?? 'new' }}
      validate={(values) => ({
        name: values.name.trim() === '' ? text.nameMissing : undefined,
        range: rangeVersion(rangeOf(values)) === null ? text.rangeWrong : undefined,
      })}
      operations={steps}
      send={async (values) => {
        await sendAll(values);
        toast(text.made(values.name));
      }}
      kinds={['networks']}
      onClose={onClose}
    >
      {({ field }) => (
        <>
          <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />
          <TextField
            {...field('range')}
            label={text.range}
            hint={text.rangeHint}
            placeholder={proposed}
            autoComplete="off"
          />
          <SelectField
            {...field('router')}
            label={text.withRouter}
            options={[
              ...routers.map((one) => ({ value: one.id, label: nameOf(one) })),
              { value: 'new', label: text.newRouter },
              { value: '', label: text.noRouter },
            ]}
          />
          <TextField {...field('dns')} label={text.dns} hint={text.dnsHint} optional autoComplete="off" />
        </>
      )}
    </FormDialog>
  );
}
