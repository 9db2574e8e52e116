import { TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { filledPairs, type Pair } from '../../../parts/form/pairs.ts';
import { PairsField } from '../../../parts/form/pairs-field.tsx';
import { useText } from '../../../text/index.tsx';
import { relabelServer } from '../operations.ts';
import { propertyProblem, tagProblem, tagsOf } from './label-input.ts';
import type { WindowProps } from './props.ts';

interface Values {
  tags: string;
  properties: readonly Pair[];
}

/** Words and values that a person or a program finds a server by. */
export function Labels({ server, onClose }: WindowProps) {
  const { serverActions: text, servers, common } = useText();
  const words = (problem: keyof typeof text.labelProblems | null) =>
    problem === null ? undefined : text.labelProblems[problem];
  return (
    <FormDialog<Values>
      title={`${servers.actions.labels}: ${server.name}`}
      description={text.labelsText}
      action={common.save}
      initial={{ tags: server.tags.join(', '), properties: Object.entries(server.metadata) }}
      validate={({ tags, properties }) => ({
        tags: words(tagProblem(tags)),
        properties: words(propertyProblem(properties)),
      })}
      operations={({ tags, properties }) =>
        relabelServer(server, { tags: tagsOf(tags), metadata: Object.fromEntries(filledPairs(properties)) })
      }
      kinds={['servers']}
      done={() => text.saved}
      onClose={onClose}
    >
      {({ field }) => (
        <>
          <TextField {...field('tags')} label={text.tags} hint={text.tagsHint} autoComplete="off" />
          <PairsField
            {...field('properties')}
            label={text.properties}
            hint={text.propertiesHint}
            names={[text.propertyName, text.propertyValue]}
            add={text.addProperty}
          />
        </>
      )}
    </FormDialog>
  );
}
