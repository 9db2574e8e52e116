import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { send } from '../../../api/send.ts';
import { Button } from '../../../parts/button.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { CheckboxField, NumberField, TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { useToast } from '../../../parts/toast.tsx';
import { useText } from '../../../text/index.tsx';
import { createExternal, createExternalSubnet } from './operations.ts';

const INITIAL = {
  name: '',
  physical: 'public',
  vlan: null as number | null,
  cidr: '',
  gateway: '',
  first: '',
  last: '',
  isDefault: false,
};

/** A network that leads out of the cloud, with its addresses. */
export function NewExternal({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { catalog: text, common } = useText();
  const client = useQueryClient();
  const toast = useToast();
  // Made by a try whose addresses were refused: the next one goes on with it.
  const made = useRef<{ id: string; name: string } | null>(null);
  const { field, form, values, set, setValues, busy, error } = useForm({
    initial: INITIAL,
    validate: ({ name, physical, cidr, first, last, vlan }) => ({
      name: name.trim() === '' ? text.nameMissing : undefined,
      physical: physical.trim() === '' ? text.physicalMissing : undefined,
      vlan: vlan !== null && (vlan < 1 || vlan > 4094) ? text.vlanWrong : undefined,
      cidr: /^[\da-f.:]+\/\d+$/i.test(cidr.trim()) ? undefined : text.cidrWrong,
      first: first === '' && last !== '' ? text.bothEnds : undefined,
      last: last === '' && first !== '' ? text.bothEnds : undefined,
    }),
    async send(sent) {
      if (made.current === null) {
        const { network } = await send<{ network: { id: string; name: string } }>(createExternal(sent).request);
        made.current = network;
      }
      await send(createExternalSubnet(made.current, sent).request);
      made.current = null;
      for (const kind of ['networks', 'subnets', 'ports']) void client.invalidateQueries({ queryKey: [kind] });
      toast(text.done);
      setValues(INITIAL);
      onClose();
    },
  });
  const name = values.name === '' ? 'NETWORK' : values.name;
  return (
    <Dialog open={open} onClose={onClose} title={text.newExternal} description={text.newExternalText} wide>
      <form {...form} className="space-y-4">
        <TextField {...field('name')} label={common.name} autoComplete="off" />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField {...field('physical')} label={text.physical} hint={text.physicalHint} autoComplete="off" />
          <NumberField {...field('vlan')} label={text.vlan} hint={text.vlanHint} optional min={1} max={4094} />
          <TextField {...field('cidr')} label={text.cidr} hint={text.cidrHint} autoComplete="off" />
          <TextField {...field('gateway')} label={text.gateway} hint={text.gatewayHint} optional autoComplete="off" />
          <TextField {...field('first')} label={text.first} hint={text.poolHint} optional autoComplete="off" />
          <TextField {...field('last')} label={text.last} hint={text.poolHint} optional autoComplete="off" />
        </div>
        <CheckboxField
          label={text.isDefault}
          hint={text.isDefaultHint}
          checked={values.isDefault}
          onChange={(on) => set('isDefault', on)}
        />
        {error !== null && <ErrorMessage error={error} />}
        <ShowMeHow operations={[createExternal(values), createExternalSubnet({ id: name, name }, values)]} />
        <Buttons>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="main" busy={busy}>
            {common.create}
          </Button>
        </Buttons>
      </form>
    </Dialog>
  );
}
