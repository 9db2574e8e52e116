import type { Mapping } from '../../../api/queries/federation.ts';
import { TextAreaField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { useText } from '../../../text/index.tsx';
import { writeRules } from './operations.ts';
import { readRules } from './rule-input.ts';

/** All rules as Keystone writes them, for what no sentence says. */
export function RulesAsJson({ mapping, onClose }: { mapping: Mapping; onClose: () => void }) {
  const { identityProviders: text } = useText();
  const rulesIn = (json: string) => {
    const read = readRules(json);
    return 'rules' in read ? read.rules : mapping.rules;
  };
  return (
    <FormDialog
      wide
      title={text.asJsonTitle}
      description={text.asJsonText}
      action={text.save}
      initial={{ json: JSON.stringify(mapping.rules, null, 2) }}
      validate={({ json }) => {
        const read = readRules(json);
        return { json: 'wrong' in read ? text.jsonWrong[read.wrong] : undefined };
      }}
      operations={({ json }) => [writeRules(mapping.id, rulesIn(json))]}
      kinds={['identity-providers']}
      done={() => text.saved}
      onClose={onClose}
    >
      {({ field }) => <TextAreaField {...field('json')} label={text.rules} mono rows={18} />}
    </FormDialog>
  );
}
