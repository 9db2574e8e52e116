import { useQuery } from '@tanstack/react-query';
import { serversQuery } from '../../api/queries/compute.ts';
import {
  floatingIpsQuery,
  networksQuery,
  portsQuery,
  routersQuery,
  subnetsQuery,
  type FloatingIp,
} from '../../api/queries/network.ts';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useText } from '../../text/index.tsx';
import { bindFloatingIp, createFloatingIp } from './operations.ts';
import { pools, targets, type Target } from './targets.ts';

/** Where addresses of an external network can lead to, of what was fetched so far. */
function useTargets(): (external: string) => Target[] {
  const ports = useQuery(portsQuery).data ?? [];
  const subnets = useQuery(subnetsQuery).data ?? [];
  const routers = useQuery(routersQuery).data ?? [];
  const floatingIps = useQuery(floatingIpsQuery).data ?? [];
  const servers = useQuery(serversQuery).data ?? [];
  const serverName = (id: string) => servers.find((one) => one.id === id)?.name;
  return (external) => targets({ external, ports, subnets, routers, floatingIps, serverName });
}

const optionOf = ({ port, server, address }: Target) => ({ value: port, label: `${server} (${address})` });

export function CreateFloatingIp({ onClose }: { onClose: () => void }) {
  const { floatingIps: text, common } = useText();
  const networks = pools(useQuery(networksQuery).data ?? []);
  const targetsOf = useTargets();
  const chosen = (network: string) =>
    networks.find(({ id }) => id === network) ?? networks[0] ?? { id: '', name: 'NETWORK' };
  return (
    <FormDialog
      title={text.create}
      description={text.about}
      action={text.create}
      initial={{ network: '', port: '', description: '' }}
      validate={({ network }) => ({ network: chosen(network).id === '' ? text.networkMissing : undefined })}
      operations={(values) => [createFloatingIp({ ...values, network: chosen(values.network) })]}
      kinds={['floatingips', 'ports', 'servers', 'quotas']}
      done={() => text.made}
      onClose={onClose}
    >
      {({ field, values }) => (
        <>
          <SelectField
            {...field('network')}
            value={chosen(values.network).id}
            label={text.network}
            hint={text.networkHint}
            options={networks.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <SelectField
            {...field('port')}
            label={text.server}
            hint={text.serverHint}
            optional
            placeholder={text.noServer}
            options={targetsOf(chosen(values.network).id).map(optionOf)}
          />
          <TextField {...field('description')} label={common.description} optional maxLength={255} />
        </>
      )}
    </FormDialog>
  );
}

export function BindFloatingIp({ address, onClose }: { address: FloatingIp; onClose: () => void }) {
  const { floatingIps: text } = useText();
  const all = useTargets()(address.floating_network_id);
  const serverOf = (port: string) => all.find((one) => one.port === port)?.server ?? '';
  return (
    <FormDialog
      title={text.bindTitle(address.floating_ip_address)}
      action={text.bind}
      initial={{ port: '' }}
      validate={({ port }) => ({ port: port === '' ? text.serverMissing : undefined })}
      operations={({ port }) => [bindFloatingIp(address, port === '' ? 'PORT' : port)]}
      kinds={['floatingips', 'ports', 'servers']}
      done={({ port }) => text.bound(address.floating_ip_address, serverOf(port))}
      onClose={onClose}
    >
      {({ field }) => (
        <SelectField
          {...field('port')}
          label={text.server}
          hint={all.length === 0 ? text.noTargets : undefined}
          placeholder={text.choose}
          options={all.map(optionOf)}
        />
      )}
    </FormDialog>
  );
}
