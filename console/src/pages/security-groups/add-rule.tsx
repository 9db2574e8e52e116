import { useQuery } from '@tanstack/react-query';
import { securityGroupsQuery, type SecurityGroup } from '../../api/queries/network.ts';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { Icon } from '../../parts/icons.tsx';
import { useText } from '../../text/index.tsx';
import { createRule } from './operations.ts';
import { addressVersion, readPorts, rulesOf, WHATS, type RuleValues, type What } from './rule-input.ts';
import { sentences } from './sentence.ts';

const FIRST: RuleValues = {
  direction: 'ingress',
  who: 'anyone',
  addresses: '',
  group: '',
  what: 'https',
  protocol: 'tcp',
  ports: '',
  description: '',
};
const DIRECTIONS = ['ingress', 'egress'] as const;
const WHOS = ['anyone', 'addresses', 'group'] as const;
const PROTOCOLS = ['tcp', 'udp'] as const;

/** Who may reach what, chosen word by word; the sentence that comes of it is shown as it will stand there. */
export function AddRule({
  group,
  direction,
  onClose,
}: {
  group: SecurityGroup;
  direction: RuleValues['direction'];
  onClose: () => void;
}) {
  const { securityGroups: text } = useText();
  const groups = (useQuery(securityGroupsQuery).data ?? []).filter((one) => one.project_id === group.project_id);
  return (
    <FormDialog<RuleValues>
      title={text.addTitle}
      action={text.allow}
      initial={{ ...FIRST, direction }}
      validate={(values) => ({
        addresses:
          values.who === 'addresses' && addressVersion(values.addresses) === null ? text.addressesWrong : undefined,
        group: values.who === 'group' && values.group === '' ? text.groupMissing : undefined,
        ports: values.what === 'other' && readPorts(values.ports) === null ? text.portsWrong : undefined,
      })}
      operations={(values) => rulesOf(values).map((rule) => createRule(group, rule))}
      kinds={['security-groups', 'quotas']}
      done={() => text.allowed}
      onClose={onClose}
    >
      {({ field, values, set }) => (
        <>
          <SelectField
            label={text.direction}
            value={values.direction}
            onChange={(value) => set('direction', value as RuleValues['direction'])}
            options={DIRECTIONS.map((value) => ({ value, label: text.directions[value] }))}
          />
          <SelectField
            label={values.direction === 'ingress' ? text.who : text.whom}
            value={values.who}
            onChange={(value) => set('who', value as RuleValues['who'])}
            options={WHOS.map((value) => ({ value, label: text.whos[value] }))}
          />
          {values.who === 'addresses' && (
            <TextField {...field('addresses')} label={text.addresses} hint={text.addressesHint} autoComplete="off" />
          )}
          {values.who === 'group' && (
            <SelectField
              {...field('group')}
              label={text.group}
              placeholder={text.choose}
              options={groups.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <SelectField
            label={text.what}
            value={values.what}
            onChange={(value) => set('what', value as What)}
            options={WHATS.map((value) => ({ value, label: text.whats[value] }))}
          />
          {values.what === 'other' && (
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField {...field('ports')} label={text.ports} hint={text.portsHint} autoComplete="off" />
              <SelectField
                label={text.protocol}
                value={values.protocol}
                onChange={(value) => set('protocol', value as RuleValues['protocol'])}
                options={PROTOCOLS.map((value) => ({ value, label: text.protocols[value] }))}
              />
            </div>
          )}
          <TextField {...field('description')} label={text.note} hint={text.noteHint} optional maxLength={255} />
          <Preview
            values={values}
            own={group.id}
            groupName={(id) => groups.find((one) => one.id === id)?.name ?? '…'}
          />
        </>
      )}
    </FormDialog>
  );
}

/** What will be allowed, in words; with a warning when it is a lot. */
function Preview({ values, own, groupName }: { values: RuleValues; own: string; groupName: (id: string) => string }) {
  const { securityGroups: text } = useText();
  const rules = rulesOf(values).map((rule) => ({
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_group_id: null,
    ...rule,
    description: null,
  }));
  const said = sentences(rules, { words: text.sentence, groupName, own });
  return (
    <div role="status" className="space-y-1 rounded-lg bg-raised p-3 text-sm">
      <p className="text-muted">{text.says}</p>
      {said.map((one) => (
        <p key={one.text} className="font-medium">
          {one.text}
        </p>
      ))}
      {said.some(({ risky }) => risky) && (
        <p className="flex gap-2 text-warn">
          <Icon name="warning" className="mt-0.5 size-4" />
          {text.risky}
        </p>
      )}
    </div>
  );
}
