import { useQuery } from '@tanstack/react-query';
import { computeQuotaQuery, networkQuotaQuery, volumeQuotaQuery } from '../../api/queries/quota.ts';
import { useSession } from '../../api/session.ts';
import { openstack } from '../../how/operation.ts';
import { plainRequest } from '../../api/request.ts';
import { Page, Section } from '../../layout/page.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState, Loading, QuotaBar } from '../../parts/states.tsx';
import { useBytes, useNumber } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { isShort, quotaRows, UNIT, type Service } from './rows.ts';

/** All limits of the project with what is used of them. */
export default function QuotasPage() {
  const { quotas: text, layout } = useText();
  const project = useSession().token.project;
  return (
    <Page title={text.title}>
      {project === undefined ? (
        <EmptyState icon="people" title={layout.noProject} />
      ) : (
        <div className="space-y-6">
          <p className="max-w-prose text-sm text-muted">{text.about}</p>
          <div className="grid gap-x-8 lg:grid-cols-2 2xl:grid-cols-3">
            <Bars service="compute" project={project.id} />
            <Bars service="volume" project={project.id} />
            <Bars service="network" project={project.id} />
          </div>
          <ShowMeHow
            operations={[
              {
                request: plainRequest('GET', `/compute/v2.1/os-quota-sets/${project.id}/detail`),
                command: openstack('quota', 'show', '--usage', project.name),
              },
              {
                request: plainRequest('GET', `/volume/v3/os-quota-sets/${project.id}`, { query: { usage: 'True' } }),
                command: null,
              },
              { request: plainRequest('GET', `/network/v2.0/quotas/${project.id}/details.json`), command: null },
            ]}
          />
        </div>
      )}
    </Page>
  );
}

const QUERIES = { compute: computeQuotaQuery, volume: volumeQuotaQuery, network: networkQuotaQuery };

function Bars({ service, project }: { service: Service; project: string }) {
  const { quotas: text } = useText();
  const bytes = useBytes();
  const number = useNumber();
  const { data, error, refetch } = useQuery(QUERIES[service](project));
  const rows = data === undefined ? [] : quotaRows(service, data);
  return (
    <Section title={text.services[service]}>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <ErrorMessage error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className="space-y-4 rounded-lg border border-line bg-surface p-4">
          {rows.map((row) => {
            const unit = UNIT[row.name];
            return (
              <div key={row.name}>
                <QuotaBar
                  label={text.names[row.name]}
                  used={row.used}
                  limit={row.limit}
                  format={(value) => (unit === undefined ? number(value) : bytes(value * unit))}
                />
                {isShort(row) && <p className="mt-1 text-sm text-warn">{text.short}</p>}
              </div>
            );
          })}
        </div>
      )}
    </Section>
  );
}
