import { CheckboxField, CheckboxGroup, NumberField, SelectField, TextAreaField } from '../../../parts/form/fields.tsx';
import type { useForm } from '../../../parts/form/use-form.ts';
import { useText } from '../../../text/index.tsx';
import type { Cloud } from './use-cloud.ts';
import { reachOfChoice, sshGroup, type Values } from './values.ts';

/** What most people never open: everything here has a good default. */
export function Advanced({
  form,
  cloud,
  projectId,
}: {
  form: ReturnType<typeof useForm<Values>>;
  cloud: Cloud;
  projectId: string;
}) {
  const { newServer: text, common } = useText();
  const { values, set, field } = form;
  const reach = reachOfChoice(values, cloud);
  const networks = cloud.networks.filter((one) => one.subnets.length > 0 && (!one['router:external'] || one.shared));
  const groups = cloud.groups.filter((group) => group.project_id === projectId || group.shared === true);
  const zones = cloud.zones.filter(({ zoneState }) => zoneState.available);
  const shut = sshGroup(values, cloud);
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className="px-4 py-3 text-sm font-medium">{common.advanced}</summary>
      <div className="space-y-6 border-t border-line p-4">
        <SelectField
          {...field('networkId')}
          label={text.network}
          hint={`${text.networkHint} ${text.networkReach[reach.kind]}`}
          options={[
            ...networks.map(({ id, name }) => ({ value: id, label: name })),
            ...(networks.length === 0 ? [{ value: '', label: text.networkAuto }] : []),
          ]}
        />
        {reach.kind === 'floating' && (
          <CheckboxField label={text.floating} checked={values.floating} onChange={(on) => set('floating', on)} />
        )}
        <CheckboxGroup
          label={text.securityGroups}
          hint={text.securityGroupsHint}
          options={groups.map(({ id, name, description }) => ({
            value: id,
            label: name,
            hint: description || undefined,
          }))}
          values={values.securityGroupIds}
          onChange={(ids) => set('securityGroupIds', ids)}
        />
        {shut !== null && (
          <CheckboxField
            label={text.openSsh(shut.name)}
            hint={text.openSshHint}
            checked={values.openSsh}
            onChange={(on) => set('openSsh', on)}
          />
        )}
        <div className="space-y-3">
          <CheckboxField label={text.bootVolume} checked={values.boots} onChange={(on) => set('boots', on)} />
          {values.boots && <NumberField {...field('bootVolume')} label={text.volumeSize} unit={text.gib} min={1} />}
          <CheckboxField label={text.dataVolume} checked={values.adds} onChange={(on) => set('adds', on)} />
          {values.adds && <NumberField {...field('dataVolume')} label={text.volumeSize} unit={text.gib} min={1} />}
        </div>
        <TextAreaField {...field('userData')} label={text.userData} hint={text.userDataHint} mono optional rows={5} />
        {cloud.serverGroups.length > 0 && (
          <SelectField
            {...field('serverGroupId')}
            label={text.serverGroup}
            hint={text.serverGroupHint}
            placeholder={common.none}
            options={cloud.serverGroups.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        {zones.length > 1 && (
          <SelectField
            {...field('zone')}
            label={text.zone}
            placeholder={text.anyZone}
            options={zones.map(({ zoneName }) => ({ value: zoneName, label: zoneName }))}
          />
        )}
      </div>
    </details>
  );
}
