import { useQuery } from '@tanstack/react-query';
import { computeLimitsQuery, flavorsQuery, type Flavor } from '../../../api/queries/compute.ts';
import { Awaited } from '../../../parts/awaited.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { ChoiceCards } from '../../../parts/form/choice-cards.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { QuotaBar } from '../../../parts/states.tsx';
import { useBytes, useNumber } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { bySize, sizeClass } from '../new/fit.ts';
import { resizeServer } from '../operations.ts';
import type { WindowProps } from './props.ts';
import { difference, objection } from './sizes.ts';

/** Another size, with what each is good for and what the quota leaves. */
export function Resize({ server, onClose }: WindowProps) {
  const { serverActions: text, newServer, home } = useText();
  const bytes = useBytes();
  const number = useNumber();
  const flavors = useQuery(flavorsQuery);
  const limits = useQuery(computeLimitsQuery).data?.absolute;
  const title = text.resizeTitle(server.name);
  if (flavors.data === undefined) {
    return (
      <Dialog open onClose={onClose} title={title}>
        <Awaited error={flavors.error} onRetry={() => void flavors.refetch()} />
      </Dialog>
    );
  }
  const find = (id: string): Flavor | undefined => flavors.data.find((one) => one.id === id);
  const why = (flavor: Flavor) => {
    const reason = objection(server, flavor, limits);
    return reason === null ? undefined : text.objections[reason];
  };
  return (
    <FormDialog
      title={title}
      description={text.resizeText}
      action={text.resize}
      wide
      initial={{ flavor: '' }}
      validate={({ flavor }) => {
        const chosen = find(flavor);
        return { flavor: chosen === undefined ? newServer.sizeMissing : why(chosen) };
      }}
      operations={({ flavor }) => [resizeServer(server, find(flavor) ?? { id: 'FLAVOR', name: 'FLAVOR' })]}
      kinds={['servers', 'quotas']}
      done={() => text.resizing}
      onClose={onClose}
    >
      {({ field, values, set }) => {
        const chosen = find(values.flavor);
        const more = chosen && difference(server, chosen);
        return (
          <>
            <ChoiceCards
              label={newServer.size}
              value={values.flavor}
              onChange={(id) => set('flavor', id)}
              error={field('flavor').error}
              choices={bySize(flavors.data).map((one) => {
                const disabled = why(one);
                return {
                  value: one.id,
                  title: one.name,
                  aside: newServer.sizeFacts(one.vcpus, bytes(one.ram * 2 ** 20), bytes(one.disk * 2 ** 30)),
                  text: one.description ?? newServer.sizes[sizeClass(one)],
                  ...(disabled !== undefined && { disabled }),
                };
              })}
            />
            {limits !== undefined && more !== undefined && (
              <fieldset className="grid gap-4 rounded-lg border border-line bg-surface p-4 sm:grid-cols-2">
                <legend className="px-1 text-sm text-muted">{text.quotaAfter}</legend>
                <QuotaBar
                  label={home.cores}
                  used={limits.totalCoresUsed + Math.min(0, more.cores)}
                  adding={Math.max(0, more.cores)}
                  limit={limits.maxTotalCores}
                  format={number}
                />
                <QuotaBar
                  label={home.memory}
                  used={limits.totalRAMUsed + Math.min(0, more.memory)}
                  adding={Math.max(0, more.memory)}
                  limit={limits.maxTotalRAMSize}
                  format={(mebibytes) => bytes(mebibytes * 2 ** 20)}
                />
              </fieldset>
            )}
          </>
        );
      }}
    </FormDialog>
  );
}
