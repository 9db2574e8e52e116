import { useQuery } from '@tanstack/react-query';
import { accountOf, meaningOf, ruleOf, sentenceOf, type Account } from '../../../../../src/sign-in/index.ts';
import type { Mapping } from '../../../api/queries/federation.ts';
import { rolesQuery } from '../../../api/queries/identity.ts';
import { SelectField, TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { useText } from '../../../text/index.tsx';
import { writeRules } from './operations.ts';
import { domainsIn, FIRST, isDomain, meaningIn, namesIn, type RuleValues, type Things } from './rule-input.ts';
import { RuleWarnings } from './rule-warnings.tsx';

const WHOS = ['groups', 'addresses', 'claim', 'everybody'] as const;
const GETS = ['sign-in', 'role', 'group', 'same-groups'] as const;

/** A rule chosen word by word; the sentence that comes of it is shown as it will stand there. */
export function RuleForm({
  mapping,
  things,
  issuer,
  edited,
  onClose,
}: {
  mapping: Mapping;
  things: Things;
  issuer: string;
  /** The rule that is changed; a new one without. */
  edited?: { index: number; values: RuleValues; account: Account | null };
  onClose: () => void;
}) {
  const { identityProviders: text, people } = useText();
  const roles = useQuery(rolesQuery).data ?? [];
  const account = edited?.account ?? usualAccount(mapping);
  const ruleIn = (values: RuleValues) => ruleOf(meaningIn(values, account, things));
  const rulesWith = (values: RuleValues) =>
    edited === undefined
      ? [...mapping.rules, ruleIn(values)]
      : mapping.rules.map((rule, index) => (index === edited.index ? ruleIn(values) : rule));
  return (
    <FormDialog<RuleValues>
      title={edited === undefined ? text.addRule : text.editRule}
      action={edited === undefined ? text.addRule : text.save}
      initial={edited?.values ?? FIRST}
      validate={(values) => ({
        names: namesWrong(values) ? text.wrong[values.who === 'addresses' ? 'domains' : 'names'] : undefined,
        claim: values.who === 'claim' && values.claim.trim() === '' ? text.claimMissing : undefined,
        newProject:
          values.gets === 'role' && values.project === '' && values.newProject.trim() === ''
            ? text.projectMissing
            : undefined,
        group: values.gets === 'group' && values.group === '' ? people.chooseOne : undefined,
      })}
      operations={(values) => [writeRules(mapping.id, rulesWith(values))]}
      kinds={['identity-providers']}
      done={() => text.saved}
      onClose={onClose}
    >
      {({ field, values, set }) => (
        <>
          <SelectField
            label={text.who}
            value={values.who}
            onChange={(value) => set('who', value as RuleValues['who'])}
            options={WHOS.map((value) => ({ value, label: text.whos[value] }))}
          />
          {values.who === 'claim' && (
            <TextField {...field('claim')} label={text.claim} hint={text.claimHint} autoComplete="off" />
          )}
          {values.who !== 'everybody' && (
            <TextField
              {...field('names')}
              label={text.names[values.who]}
              hint={text.namesHint[values.who]}
              autoComplete="off"
            />
          )}
          <SelectField
            label={text.gets}
            value={values.gets}
            onChange={(value) => set('gets', value as RuleValues['gets'])}
            options={GETS.map((value) => ({ value, label: text.getsTexts[value] }))}
          />
          {values.gets === 'role' && (
            <>
              <SelectField
                {...field('role')}
                label={people.role}
                hint={people.roleTexts[values.role as keyof typeof people.roleTexts] ?? people.roleUnknown}
                options={roles.map(({ name }) => ({ value: name, label: name }))}
              />
              <SelectField
                {...field('project')}
                label={people.project}
                placeholder={text.anotherProject}
                options={things.projects.map(({ id, name }) => ({ value: id, label: name }))}
              />
              {values.project === '' && (
                <TextField
                  {...field('newProject')}
                  label={text.newProject}
                  hint={text.newProjectHint}
                  maxLength={64}
                  autoComplete="off"
                />
              )}
            </>
          )}
          {values.gets === 'group' && (
            <SelectField
              {...field('group')}
              label={people.groupWord}
              placeholder={people.choose}
              options={things.groups.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <Preview values={values} account={account} things={things} issuer={issuer} />
        </>
      )}
    </FormDialog>
  );
}

/** What the other rules make accounts of: all should do alike. */
function usualAccount({ rules }: Mapping): Account {
  for (const rule of rules) {
    const account = meaningOf(rule)?.account;
    if (account?.name) return account;
  }
  return accountOf(null);
}

function namesWrong({ who, names }: RuleValues): boolean {
  if (who === 'everybody') return false;
  if (who === 'addresses') return domainsIn(names).length === 0 || !domainsIn(names).every(isDomain);
  return namesIn(names).length === 0;
}

function Preview({
  values,
  account,
  things,
  issuer,
}: {
  values: RuleValues;
  account: Account;
  things: Things;
  issuer: string;
}) {
  const { identityProviders: text } = useText();
  const meaning = meaningIn(values, account, things);
  return (
    <div role="status" className="space-y-1 rounded-lg bg-raised p-3 text-sm">
      <p className="text-muted">{text.says}</p>
      <p className="font-medium">{sentenceOf(meaning, text.rule)}</p>
      <RuleWarnings meaning={meaning} issuer={issuer} />
    </div>
  );
}
