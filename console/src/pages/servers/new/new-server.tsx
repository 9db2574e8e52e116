import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { mayChange, useSession } from '../../../api/session.ts';
import { Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { ChoiceCards } from '../../../parts/form/choice-cards.tsx';
import { TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, Loading, QuotaBar } from '../../../parts/states.tsx';
import { useBytes, useNumber } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { Advanced } from './advanced.tsx';
import { createServer, type CreateStep } from './create.ts';
import { bySize, misfit, proposeName, sizeClass, usableImages } from './fit.ts';
import { ImageIcon } from './image-icon.tsx';
import { KeyFields } from './key-fields.tsx';
import { planOperations } from './plan.ts';
import { useCloud, type Cloud } from './use-cloud.ts';
import { initialValues, planOf, validate, withImage } from './values.ts';

/** A server in one screen. */
export default function NewServerPage() {
  const { newServer: text, servers } = useText();
  const session = useSession();
  const { cloud, error } = useCloud();
  const { project } = session.token;
  return (
    <Page title={text.title} up={{ to: '/servers', label: servers.title }}>
      {project === undefined || !mayChange(session) ? (
        <EmptyState icon="server" title={text.readersOnly} />
      ) : cloud === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <ErrorMessage error={error} />
        )
      ) : (
        <NewServerForm cloud={cloud} projectId={project.id} />
      )}
    </Page>
  );
}

function NewServerForm({ cloud, projectId }: { cloud: Cloud; projectId: string }) {
  const { newServer: text } = useText();
  const bytes = useBytes();
  const number = useNumber();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [random] = useState(() => Math.random());
  const [step, setStep] = useState<CreateStep | null>(null);
  const done = useRef<{ keyName: string | null; rule: boolean }>({ keyName: null, rule: false });
  const taken = cloud.servers.map(({ name }) => name);
  const [initial] = useState(() => initialValues(cloud, projectId, proposeName(text.names, taken, random)));
  const form = useForm({
    initial,
    validate: (values) => validate(values, cloud, text),
    async send(values) {
      const plan = planOf(values, cloud, text.keyName);
      if (plan === null) return;
      // A key that a first try has made is found among the keys when the second one begins.
      if (done.current.keyName !== null && plan.key.kind === 'made')
        plan.key = { ...plan.key, name: done.current.keyName };
      const created = await createServer(plan, { client, done: done.current, onStep: setStep });
      const { keyFile, addressProblem } = created;
      await navigate(`/servers/${created.id}?made=1`, { state: { keyFile, addressProblem }, replace: true });
    },
  });
  const { values, field, set, setValues } = form;
  const image = cloud.images.find(({ id }) => id === values.imageId);
  const flavor = cloud.flavors.find(({ id }) => id === values.flavorId);
  const plan = planOf(values, cloud, text.keyName);
  const images = usableImages(cloud.images);
  const { limits } = cloud;
  if (images.length === 0) return <EmptyState icon="image" title={text.noImages} />;
  return (
    <form {...form.form} className="max-w-4xl space-y-7">
      <p className="text-muted">{text.intro}</p>
      <ChoiceCards
        label={text.image}
        value={values.imageId}
        onChange={(id) => setValues((before) => withImage(before, id, cloud))}
        error={field('imageId').error}
        choices={images.map((one) => ({
          value: one.id,
          title: one.name ?? one.id,
          icon: <ImageIcon distro={(one.os_distro ?? '').toLowerCase()} name={one.name ?? '?'} />,
          aside: one.visibility === 'private' && one.owner === projectId ? text.ownImage : one.os_version,
          text: one.image_description ?? text.distributions[(one.os_distro ?? '').toLowerCase()] ?? text.otherImage,
        }))}
      />
      <ChoiceCards
        label={text.size}
        value={values.flavorId}
        onChange={(id) => set('flavorId', id)}
        error={field('flavorId').error}
        choices={bySize(cloud.flavors).map((one) => {
          const reason = misfit(one, image, limits);
          const disk = one.disk === 0 ? (image?.min_disk ?? 0) : one.disk;
          return {
            value: one.id,
            title: one.name,
            aside: text.sizeFacts(one.vcpus, bytes(one.ram * 2 ** 20), bytes(disk * 2 ** 30)),
            text: one.description ?? text.sizes[sizeClass(one)],
            ...(reason !== null && { disabled: text.misfits[reason] }),
          };
        })}
      />
      {flavor && (
        <fieldset className="grid gap-4 rounded-lg border border-line bg-surface p-4 sm:grid-cols-3">
          <legend className="px-1 text-sm text-muted">{text.quotaAfter}</legend>
          <Quotas {...{ limits, number, bytes }} cores={flavor.vcpus} memory={flavor.ram} />
        </fieldset>
      )}
      <KeyFields
        kind={values.keyKind}
        onKind={(kind) => set('keyKind', kind)}
        keys={cloud.keys.map(({ name }) => name)}
        keyName={field('keyName')}
        publicKey={field('publicKey')}
      />
      <TextField {...field('name')} label={text.name} hint={text.nameHint} autoComplete="off" className="max-w-sm" />
      <Advanced form={form} cloud={cloud} projectId={projectId} />
      {form.error !== null && <ErrorMessage error={form.error} />}
      <div className="flex flex-wrap items-center gap-4">
        <Button type="submit" look="main" busy={form.busy} className="min-h-11 px-6">
          {text.create}
        </Button>
        <p role="status" className="text-sm text-muted">
          {form.busy && step !== null ? text.steps[step] : ''}
        </p>
      </div>
      {plan && <ShowMeHow operations={planOperations(plan)} />}
    </form>
  );
}

function Quotas({
  limits,
  cores,
  memory,
  number,
  bytes,
}: {
  limits: Cloud['limits'];
  cores: number;
  memory: number;
  number: (value: number) => string;
  bytes: (value: number) => string;
}) {
  const { home } = useText();
  return (
    <>
      <QuotaBar
        label={home.servers}
        used={limits.totalInstancesUsed}
        limit={limits.maxTotalInstances}
        adding={1}
        format={number}
      />
      <QuotaBar
        label={home.cores}
        used={limits.totalCoresUsed}
        limit={limits.maxTotalCores}
        adding={cores}
        format={number}
      />
      <QuotaBar
        label={home.memory}
        used={limits.totalRAMUsed}
        limit={limits.maxTotalRAMSize}
        adding={memory}
        format={(mebibytes) => bytes(mebibytes * 2 ** 20)}
      />
    </>
  );
}
