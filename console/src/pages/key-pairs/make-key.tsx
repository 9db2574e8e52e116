import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { CopyBlock } from '../../parts/copy-text.tsx';
import { Buttons, Dialog } from '../../parts/dialog.tsx';
import { download } from '../../parts/download.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { makeKeyPair, makesKeys } from '../../ssh/make-key.ts';
import { useText } from '../../text/index.tsx';
import { useNameProblem } from './add-key.tsx';
import { addKeyPair, keyNameOf, makeKeyPairThere } from './operations.ts';

interface Made {
  name: string;
  file: string;
  privateKey: string;
}

/** A new key pair, made here where the browser can, else by the cloud; its private half is downloaded. */
export function MakeKey({ taken, onClose }: { taken: readonly string[]; onClose: () => void }) {
  const { keyPairs: text, common } = useText();
  const client = useQueryClient();
  const nameProblem = useNameProblem(taken);
  const { user } = useSession().token;
  const [made, setMade] = useState<Made | null>(null);
  if (made !== null) return <KeyMade made={made} onClose={onClose} />;
  const proposed = keyNameOf(user.name) || 'key';
  return (
    <FormDialog
      title={text.makeTitle}
      description={makesKeys() ? text.makeText : text.madeThere}
      action={text.make}
      initial={{ name: taken.includes(proposed) ? '' : proposed }}
      validate={({ name }) => ({ name: nameProblem(name) })}
      operations={({ name }) => [makesKeys() ? addKeyPair(name, 'ssh-ed25519 …') : makeKeyPairThere(name)]}
      send={async (values) => {
        const name = values.name.trim();
        const one = { name, file: `${name.replaceAll(' ', '-')}.key`, privateKey: await makeKeyPair(name) };
        void client.invalidateQueries({ queryKey: ['keypairs'] });
        save(one);
        setMade(one);
      }}
      kinds={['keypairs', 'quotas']}
      onClose={onClose}
      stay
    >
      {({ field }) => <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />}
    </FormDialog>
  );
}

const save = ({ file, privateKey }: Made) => download(file, privateKey, 'application/octet-stream');

function KeyMade({ made, onClose }: { made: Made; onClose: () => void }) {
  const { keyPairs: text, common } = useText();
  return (
    <Dialog open onClose={onClose} title={text.madeTitle(made.name)} description={text.madeText(made.file)}>
      <div className="space-y-3 text-sm">
        <p className="font-medium">{text.howToUse}</p>
        <CopyBlock
          text={`mv ~/Downloads/${made.file} ~/.ssh/\nchmod 600 ~/.ssh/${made.file}\nssh -i ~/.ssh/${made.file} debian@ADDRESS`}
        />
      </div>
      <Buttons>
        <Button onClick={() => save(made)}>{text.again}</Button>
        <Button look="main" onClick={onClose}>
          {common.close}
        </Button>
      </Buttons>
    </Dialog>
  );
}
