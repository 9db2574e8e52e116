import type { Check } from '../../../api/queries/federation.ts';
import { Icon } from '../../../parts/icons.tsx';
import { useText } from '../../../text/index.tsx';

const LOOKS = {
  good: { icon: 'check', className: 'text-ok' },
  bad: { icon: 'warning', className: 'text-danger' },
  unknown: { icon: 'info', className: 'text-muted' },
} as const;

/** What became of asking a provider: in words for people, with what the cloud says where there are details. */
export function Findings({ check }: { check: Check }) {
  const { identityProviders: text } = useText();
  return (
    <div role="status" className="rounded-lg bg-raised p-4 text-sm">
      <p className="mb-2 font-medium">
        {check.findings.some(({ result }) => result === 'bad') ? text.checkBad : text.checkGood}
      </p>
      <ul className="space-y-2">
        {check.findings.map(({ about, result, reason, message }) => {
          const { icon, className } = LOOKS[result];
          const words = text.findings[about][reason];
          return (
            <li key={about} className="flex gap-2">
              <Icon name={icon} className={`mt-0.5 size-4 ${className}`} />
              <span className="min-w-0">
                <span className="sr-only">{text.results[result]} </span>
                {words ?? message}
                {words !== undefined && result === 'bad' && (
                  <span lang="en" className="block break-words text-muted">
                    {message}
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
