import { useRef } from 'react';
import { Button } from '../../parts/button.tsx';
import { TextAreaField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { keyComment, keyProblem } from '../../ssh/openssh.ts';
import { useText } from '../../text/index.tsx';
import { addKeyPair, isKeyName, keyNameOf } from './operations.ts';

/** What is wrong with the name of a new key pair. */
export function useNameProblem(taken: readonly string[]) {
  const { keyPairs: text } = useText();
  return (name: string): string | undefined => {
    if (name.trim() === '') return text.nameMissing;
    if (!isKeyName(name)) return text.nameWrong;
    return taken.includes(name.trim()) ? text.nameTaken : undefined;
  };
}

/** A public key that a person has: pasted, or from its file. */
export function AddKey({ taken, onClose }: { taken: readonly string[]; onClose: () => void }) {
  const { keyPairs: text, common } = useText();
  const nameProblem = useNameProblem(taken);
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <FormDialog
      title={text.addTitle}
      description={text.addText}
      action={text.add}
      initial={{ name: '', publicKey: '' }}
      validate={({ name, publicKey }) => {
        const problem = keyProblem(publicKey);
        return { publicKey: problem === null ? undefined : text.problems[problem], name: nameProblem(name) };
      }}
      operations={({ name, publicKey }) => [addKeyPair(name.trim(), publicKey.trim())]}
      kinds={['keypairs', 'quotas']}
      done={({ name }) => text.added(name)}
      onClose={onClose}
    >
      {({ field, values, set }) => {
        /** Its comment is a good name, until the person says another. */
        const take = (publicKey: string) => {
          set('publicKey', publicKey);
          if (values.name === '' && keyProblem(publicKey) === null) set('name', keyNameOf(keyComment(publicKey)));
        };
        return (
          <>
            <TextAreaField
              {...field('publicKey')}
              onChange={take}
              label={text.publicKey}
              hint={text.publicKeyHint}
              mono
              autoComplete="off"
            />
            <input
              ref={chooser}
              type="file"
              aria-label={text.file}
              className="hidden"
              onChange={(event) => void event.target.files?.[0]?.text().then(take)}
            />
            <Button icon="upload" onClick={() => chooser.current?.click()}>
              {text.file}
            </Button>
            <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />
          </>
        );
      }}
    </FormDialog>
  );
}
