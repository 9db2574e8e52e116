import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { hostsQuery, type Host } from '../../../api/queries/operators.ts';
import { useRun } from '../../../how/use-run.ts';
import { Facts, Page, Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, Loading, QuotaBar } from '../../../parts/states.tsx';
import { Ago, useBytes, useNumber } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { disableHost, enableHost, listServers } from './operations.ts';
import { HostBadge } from './parts.tsx';
import { ServersOfAll } from './servers-table.tsx';

/** A host: what it has, what is on it, and why. */
export default function HostPage() {
  const { hosts: text } = useText();
  const { name = '' } = useParams();
  // The list is one request for all hosts, which the page before has made.
  const { data, error, refetch } = useQuery(hostsQuery);
  const host = data?.find((one) => one.name === name);
  const up = { to: '/admin/hosts', label: text.title };
  if (host === undefined) {
    return (
      <Page title={name} up={up}>
        {error !== null ? (
          <ErrorMessage error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <Loading />
        ) : (
          <EmptyState icon="host" title={text.gone} />
        )}
      </Page>
    );
  }
  return (
    <Page title={name} up={up} badge={<HostBadge host={host} />} actions={<Use host={host} />}>
      {!host.enabled && host.disabled_reason !== null && (
        <p className="mb-4 rounded-lg bg-warn-soft px-4 py-2 text-sm text-warn">
          {text.disabledFor(host.disabled_reason)}
        </p>
      )}
      <Capacity host={host} />
      <Section title={text.onIt}>
        <ServersOfAll host={name} />
      </Section>
      <Section title={text.about}>
        <About host={host} />
      </Section>
      <ShowMeHow operations={[listServers(name)]} />
    </Page>
  );
}

function Capacity({ host }: { host: Host }) {
  const { hosts: text } = useText();
  const bytes = useBytes();
  const number = useNumber();
  return (
    <div className="mb-6 grid gap-4 rounded-lg border border-line bg-surface p-4 sm:grid-cols-3">
      <QuotaBar label={text.vcpus} {...host.vcpus} format={number} />
      <QuotaBar label={text.memory} {...host.memory_mib} format={(value) => bytes(value * 2 ** 20)} />
      <QuotaBar label={text.disk} {...host.disk_gib} format={(value) => bytes(value * 2 ** 30)} />
    </div>
  );
}

function About({ host }: { host: Host }) {
  const { hosts: text, common } = useText();
  const bytes = useBytes();
  const number = useNumber();
  const ago = (at: string | null) => (at === null ? text.never : <Ago at={at} />);
  return (
    <Facts
      facts={[
        [text.zone, host.zone],
        [text.aggregates, host.aggregates.join(', ') || common.none],
        [text.address, host.address ?? '–'],
        [text.lastSeen, ago(host.last_seen)],
        [text.booted, ago(host.booted_at)],
        [text.processor, [host.cpu_model, host.arch].filter((one) => one !== null).join(', ') || '–'],
        [text.accelerator, [host.accelerator, host.accelerator_reason].filter((one) => one !== null).join(': ') || '–'],
        [text.real, text.realOf(number(host.vcpus.total), bytes(host.memory_mib.total * 2 ** 20))],
        [text.load, <LoadNow key="load" host={host} />],
        [text.free, host.disk_gib.free === null ? '–' : bytes(host.disk_gib.free * 2 ** 30)],
        [text.volumes, bytes(host.volume_gib * 2 ** 30)],
        [
          text.version,
          [host.agent_version, host.qemu_version && `QEMU ${host.qemu_version}`].filter(Boolean).join(', '),
        ],
        [text.pending, host.pending_changes ? text.pendingYes : text.pendingNo],
      ]}
    />
  );
}

/** What the machine does, whatever was promised of it. */
function LoadNow({ host: { load, vcpus, memory_mib: memory } }: { host: Host }) {
  const { hosts: text } = useText();
  const bytes = useBytes();
  const number = useNumber();
  if (load === null) return '–';
  const used = bytes(load.memory_used_mib * 2 ** 20);
  return (
    <>
      {text.loadOf(number(load.cpu_percent), number(vcpus.total), used, bytes(memory.total * 2 ** 20))} (
      <Ago at={load.at} />)
    </>
  );
}

/** Takes a host out of use for new servers, and back. */
function Use({ host }: { host: Host }) {
  const { hosts: text, common } = useText();
  const run = useRun();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const {
    field,
    form,
    values,
    busy: sending,
    error,
  } = useForm({
    initial: { reason: '' },
    validate: () => ({}),
    async send({ reason }) {
      await run(disableHost(host, reason.trim()), { kinds: ['hosts'], done: text.disabledDone(host.name) });
      setAsking(false);
    },
  });
  const enable = async () => {
    setBusy(true);
    setFailed(null);
    await run(enableHost(host), { kinds: ['hosts'], done: text.enabledDone(host.name) }).catch(setFailed);
    setBusy(false);
  };
  if (!host.enabled) {
    return (
      <>
        {failed !== null && <ErrorMessage error={failed} />}
        <Button look="main" busy={busy} onClick={() => void enable()}>
          {text.enable}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>{text.disable}</Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={text.disable} description={text.disableText}>
        <form {...form} className="space-y-4">
          <TextField {...field('reason')} label={text.reason} optional autoComplete="off" />
          {error !== null && <ErrorMessage error={error} />}
          <ShowMeHow operations={[disableHost(host, values.reason.trim())]} />
          <Buttons>
            <Button onClick={() => setAsking(false)}>{common.cancel}</Button>
            <Button type="submit" look="main" busy={sending}>
              {text.disable}
            </Button>
          </Buttons>
        </form>
      </Dialog>
    </>
  );
}
