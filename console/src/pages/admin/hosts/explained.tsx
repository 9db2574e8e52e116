import { useQuery } from '@tanstack/react-query';
import { explainQuery } from '../../../api/queries/operators.ts';
import { Facts } from '../../../layout/page.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { Loading } from '../../../parts/states.tsx';
import { Ago } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { explainServer } from './operations.ts';

const at = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Why a server is where it is and as it is: what `potluck explain` says. */
export function Explained({ id }: { id: string }) {
  const { hosts: text } = useText();
  const { data: told, error } = useQuery(explainQuery(id));
  if (told === undefined) return error === null ? <Loading /> : <ErrorMessage error={error} />;
  const { placement, host, reported, fault } = told;
  return (
    <div className="space-y-4 text-sm">
      {fault !== null && <p className="rounded-lg bg-danger-soft p-3 text-danger">{fault.message}</p>}
      {reported.reason !== null && <p className="rounded-lg bg-warn-soft p-3 text-warn">{reported.reason}</p>}
      <section className="space-y-2">
        <h3 className="font-medium">{text.place}</h3>
        {placement === null ? (
          <p>{text.notPlaced}</p>
        ) : (
          <>
            <p>
              {placement.chosen === null
                ? text.nowhere(placement.hosts)
                : text.chosen(placement.chosen, placement.fit, placement.hosts)}
              {placement.candidates.length > 1 && ` ${text.bestOf(placement.candidates.join(', '))}`}
            </p>
            <ul className="list-disc space-y-1 pl-5">
              {placement.objections.map(({ reason, hosts, names }) => (
                <li key={reason}>{text.objection(names.join(', '), hosts - names.length, reason)}</li>
              ))}
            </ul>
          </>
        )}
      </section>
      <Facts
        facts={[
          [
            text.host,
            host === null ? (
              '–'
            ) : (
              <>
                {host.name} ({host.lastSeen === null ? text.never : <Ago at={at(host.lastSeen)} />})
              </>
            ),
          ],
          [text.wanted, text.power[told.wanted.power] ?? told.wanted.power],
          [text.reported, reported.state ?? text.nothingYet],
          [text.pending, reported.current ? text.pendingNo : text.pendingYes],
          ...told.ports.map(
            (port) =>
              [
                text.portOf(port.network),
                [port.addresses.join(', '), port.status, port.reason].filter((one) => one !== null).join(' · '),
              ] as const,
          ),
        ]}
      />
      <section>
        <h3 className="mb-2 font-medium">{text.history}</h3>
        <ol className="space-y-1">
          {told.history.map((one) => (
            <li key={`${one.request}${one.action}`}>
              <Ago at={at(one.at)} /> {one.action}: {one.result ?? text.underWay}
              {one.details !== null && `, ${one.details}`}
            </li>
          ))}
        </ol>
      </section>
      <ShowMeHow operations={[explainServer(id)]} />
    </div>
  );
}
