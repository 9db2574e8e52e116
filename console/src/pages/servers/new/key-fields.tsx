import { useId } from 'react';
import { ChoiceCards } from '../../../parts/form/choice-cards.tsx';
import { SelectField, TextAreaField } from '../../../parts/form/fields.tsx';
import { makesKeys } from '../../../ssh/make-key.ts';
import { useText } from '../../../text/index.tsx';
import type { KeyChoice } from './plan.ts';

/** How somebody gets in: a key that is here, one that is made, their own, or none. */
export function KeyFields({
  kind,
  onKind,
  keys,
  keyName,
  publicKey,
}: {
  kind: KeyChoice['kind'];
  onKind: (kind: KeyChoice['kind']) => void;
  keys: readonly string[];
  keyName: { value: string; onChange: (value: string) => void };
  publicKey: { value: string; onChange: (value: string) => void; error: string | undefined };
}) {
  const { newServer: text } = useText();
  return (
    <div className="space-y-3">
      <ChoiceCards
        label={text.key}
        hint={text.keyHint}
        value={kind}
        onChange={(value) => onKind(value as KeyChoice['kind'])}
        choices={[
          ...(keys.length > 0
            ? [{ value: 'existing', title: text.keyExisting, text: keys.slice(0, 3).join(', ') }]
            : []),
          { value: 'made', title: text.keyMade, text: makesKeys() ? text.keyMadeText : text.keyMadeByCloud },
          { value: 'given', title: text.keyGiven, text: text.keyGivenText },
          { value: 'none', title: text.keyNone, text: text.keyNoneText },
        ]}
      />
      {kind === 'existing' && keys.length > 1 && (
        <SelectField {...keyName} label={text.keyWhich} options={keys.map((name) => ({ value: name, label: name }))} />
      )}
      {kind === 'given' && <PublicKeyField {...publicKey} />}
    </div>
  );
}

/** A public key, pasted or from a file. */
export function PublicKeyField(field: { value: string; onChange: (value: string) => void; error: string | undefined }) {
  const { newServer: text } = useText();
  const id = useId();
  return (
    <div className="space-y-2">
      <TextAreaField {...field} label={text.publicKey} mono rows={3} autoComplete="off" />
      <label htmlFor={id} className="block text-sm text-muted">
        {text.publicKeyFile}
      </label>
      <input
        id={id}
        type="file"
        accept=".pub,text/plain"
        className="block text-sm file:mr-3 file:rounded-md file:border file:border-solid file:border-control file:bg-surface file:px-3 file:py-1.5 file:text-ink"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file && file.size < 100_000) void file.text().then(field.onChange);
        }}
      />
    </div>
  );
}
