import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery } from '../../../api/queries/identity.ts';
import type { Flavor } from '../../../api/queries/compute.ts';
import { listQuery } from '../../../api/queries/query.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { CheckboxField, NumberField, SelectField, TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useBytes } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { allowFlavor, createFlavor, deleteFlavor, listFlavors } from './operations.ts';

const query = listQuery<Flavor>('flavors', listFlavors.request, 'flavors');

/** Sizes that servers can have. */
export default function FlavorsPage() {
  const { catalog: text, common } = useText();
  const bytes = useBytes();
  const [making, setMaking] = useState(false);
  const [allowing, setAllowing] = useState<Flavor | null>(null);
  const columns = useMemo<Column<Flavor>[]>(
    () => [
      { id: 'name', title: common.name, value: (flavor) => flavor.name },
      { id: 'vcpus', title: text.vcpus, value: (flavor) => flavor.vcpus, numeric: true },
      {
        id: 'ram',
        title: text.memory,
        value: (flavor) => flavor.ram,
        cell: (flavor) => bytes(flavor.ram * 2 ** 20),
        numeric: true,
      },
      {
        id: 'disk',
        title: text.disk,
        value: (flavor) => flavor.disk,
        cell: (flavor) => bytes(flavor.disk * 2 ** 30),
        numeric: true,
      },
      {
        id: 'who',
        title: text.who,
        value: (flavor) => (flavor['os-flavor-access:is_public'] ? text.everybody : text.someProjects),
      },
      { id: 'description', title: common.description, value: (flavor) => flavor.description },
      { id: 'id', title: common.id, value: (flavor) => flavor.id, hidden: true },
    ],
    [text, common, bytes],
  );
  return (
    <Page
      title={text.flavors}
      actions={
        <Button icon="plus" look="main" onClick={() => setMaking(true)}>
          {text.newFlavor}
        </Button>
      }
    >
      <ResourceList<Flavor>
        label={text.flavors}
        query={useQuery(query)}
        columns={columns}
        sort={{ id: 'ram', desc: false }}
        empty={{ icon: 'flavor', title: text.noFlavors, text: text.noFlavorsText }}
        how={listFlavors}
        menu={(flavor) =>
          flavor['os-flavor-access:is_public']
            ? []
            : [{ label: text.allow, icon: 'people', onSelect: () => setAllowing(flavor) }]
        }
        removal={{ words: text.flavorRemoval, operation: deleteFlavor, kinds: ['flavors'] }}
      />
      <NewFlavor open={making} onClose={() => setMaking(false)} />
      <AllowFlavor flavor={allowing} onClose={() => setAllowing(null)} />
    </Page>
  );
}

function NewFlavor({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { catalog: text, common } = useText();
  const run = useRun();
  const initial = {
    name: '',
    vcpus: 1 as number | null,
    ram: 1024 as number | null,
    disk: 10 as number | null,
    description: '',
    everybody: true,
  };
  const positive = (value: number | null, least: number) =>
    value === null || value < least ? text.atLeast(least) : undefined;
  const { field, form, values, set, setValues, busy, error } = useForm({
    initial,
    validate: ({ name, vcpus, ram, disk }) => ({
      name: name.trim() === '' ? text.nameMissing : undefined,
      vcpus: positive(vcpus, 1),
      ram: positive(ram, 1),
      disk: positive(disk, 0),
    }),
    async send(sent) {
      await run(createFlavor(clean(sent)), { kinds: ['flavors'], done: text.done });
      setValues(initial);
      onClose();
    },
  });
  const clean = (sent: typeof initial) => ({
    ...sent,
    ...{ name: sent.name.trim(), vcpus: sent.vcpus ?? 1, ram: sent.ram ?? 1, disk: sent.disk ?? 0 },
  });
  return (
    <Dialog open={open} onClose={onClose} title={text.newFlavor}>
      <form {...form} className="space-y-4">
        <TextField {...field('name')} label={common.name} autoComplete="off" />
        <div className="grid gap-4 sm:grid-cols-3">
          <NumberField {...field('vcpus')} label={text.vcpus} min={1} />
          <NumberField {...field('ram')} label={text.memory} min={1} unit={common.units[2] ?? ''} />
          <NumberField {...field('disk')} label={text.disk} min={0} unit={common.units[3] ?? ''} />
        </div>
        <TextField {...field('description')} label={text.goodFor} hint={text.goodForHint} optional autoComplete="off" />
        <CheckboxField
          label={text.forEverybody}
          hint={text.forEverybodyHint}
          checked={values.everybody}
          onChange={(on) => set('everybody', on)}
        />
        {error !== null && <ErrorMessage error={error} />}
        <ShowMeHow operations={[createFlavor(clean(values))]} />
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

function AllowFlavor({ flavor, onClose }: { flavor: Flavor | null; onClose: () => void }) {
  const { catalog: text, common } = useText();
  const run = useRun();
  const projects = useQuery({ ...projectsQuery, enabled: flavor !== null });
  const nameOf = (id: string) => projects.data?.find((one) => one.id === id)?.name ?? id;
  const { field, form, values, busy, error } = useForm({
    initial: { project: '' },
    validate: ({ project }) => ({ project: project === '' ? text.chooseOne : undefined }),
    async send({ project }) {
      if (flavor === null) return;
      await run(allowFlavor(flavor, { id: project, name: nameOf(project) }), { kinds: ['flavors'], done: text.done });
      onClose();
    },
  });
  return (
    <Dialog open={flavor !== null} onClose={onClose} title={text.allow}>
      <form {...form} className="space-y-4">
        <SelectField
          {...field('project')}
          label={text.project}
          placeholder={text.choose}
          options={(projects.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
        {error !== null && <ErrorMessage error={error} />}
        {flavor !== null && (
          <ShowMeHow operations={[allowFlavor(flavor, { id: values.project, name: nameOf(values.project) })]} />
        )}
        <Buttons>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="main" busy={busy}>
            {common.add}
          </Button>
        </Buttons>
      </form>
    </Dialog>
  );
}
