import { useQuery } from '@tanstack/react-query';
import type { Server } from '../../../api/queries/compute.ts';
import { networksQuery, portsQuery, type Network, type Port } from '../../../api/queries/network.ts';
import { ConfirmOperations } from '../../../parts/confirm-operations.tsx';
import { ChoiceCards } from '../../../parts/form/choice-cards.tsx';
import { SelectField, TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { nameOf } from '../../../parts/format.ts';
import { useText } from '../../../text/index.tsx';
import { isAddress } from '../../networks/addresses.ts';
import { attachInterface, detachInterface, type Plug } from '../operations.ts';

interface Values {
  what: string;
  network: string;
  address: string;
  port: string;
}

const KINDS = ['servers', 'ports', 'floatingips', 'quotas'] as const;

export const addressesOf = (port: Port) => port.fixed_ips.map(({ ip_address: address }) => address).join(', ');

/** One more network card: on a network, or with a port that was made before. */
export function PlugDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const { serverActions: text } = useText();
  const all = useQuery(networksQuery).data ?? [];
  const networks = all.filter((one) => one.subnets.length > 0 && (!one['router:external'] || one.shared));
  const ports = (useQuery(portsQuery).data ?? []).filter(
    (port) => port.device_id === '' && port.device_owner === '' && port.project_id === server.tenant_id,
  );
  const networkOf = (id: string): Network | undefined => all.find((one) => one.id === id);
  const plugOf = ({ what, network, address, port: id }: Values): Plug => {
    if (what === 'port') return { port: ports.find((one) => one.id === id) ?? { id: 'PORT', name: '' } };
    const chosen = networkOf(network);
    const named = { id: chosen?.id ?? 'NETWORK', name: chosen === undefined ? 'NETWORK' : nameOf(chosen) };
    return { network: named, address: address.trim() };
  };
  return (
    <FormDialog<Values>
      title={text.plugTitle(server.name)}
      description={text.plugText}
      action={text.plug}
      initial={{
        what: 'network',
        network: networks.length === 1 ? (networks[0]?.id ?? '') : '',
        address: '',
        port: '',
      }}
      validate={({ what, network, address, port }) =>
        what === 'port'
          ? { port: port === '' ? text.portMissing : undefined }
          : {
              network: network === '' ? text.networkMissing : undefined,
              address: address.trim() === '' || isAddress(address) ? undefined : text.addressWrong,
            }
      }
      operations={(values) => [attachInterface(server, plugOf(values))]}
      kinds={KINDS}
      done={() => text.plugged}
      onClose={onClose}
    >
      {({ field, values, set }) => (
        <>
          <ChoiceCards
            label={text.plugWhat}
            value={values.what}
            onChange={(what) => set('what', what)}
            choices={[
              { value: 'network', title: text.plugNetwork, text: text.plugNetworkText },
              {
                value: 'port',
                title: text.plugPort,
                text: text.plugPortText,
                ...(ports.length === 0 && { disabled: text.noPorts }),
              },
            ]}
          />
          {values.what === 'network' ? (
            <>
              <SelectField
                {...field('network')}
                label={text.network}
                placeholder={text.choose}
                options={networks.map((one) => ({ value: one.id, label: nameOf(one) }))}
              />
              <TextField
                {...field('address')}
                label={text.address}
                hint={text.addressHint}
                optional
                autoComplete="off"
              />
            </>
          ) : (
            <SelectField
              {...field('port')}
              label={text.port}
              placeholder={text.choose}
              options={ports.map((one) => ({
                value: one.id,
                label: [one.name, addressesOf(one), networkOf(one.network_id)?.name].filter(Boolean).join(', '),
              }))}
            />
          )}
        </>
      )}
    </FormDialog>
  );
}

export function UnplugDialog({ server, port, onClose }: { server: Server; port: Port; onClose: () => void }) {
  const { serverActions: text } = useText();
  return (
    <ConfirmOperations
      title={text.unplugTitle(addressesOf(port) || port.mac_address)}
      action={text.unplug}
      operations={[detachInterface(server, port)]}
      kinds={KINDS}
      done={text.unplugged}
      onClose={onClose}
    >
      <p>{text.unplugText}</p>
    </ConfirmOperations>
  );
}
