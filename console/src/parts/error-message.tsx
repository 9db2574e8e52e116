import { ApiFault } from '../api/fault.ts';
import { useText } from '../text/index.tsx';
import { Button } from './button.tsx';
import { CopyText } from './copy-text.tsx';
import { Icon } from './icons.tsx';

/** What failed, what the cloud said about it, what to do, and the request's id for the operator. */
export function ErrorMessage({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { errors, common } = useText();
  const fault = error instanceof ApiFault ? error : null;
  const requestId = fault?.requestId ?? null;
  const status = fault?.status ?? -1;
  const advice = errors.byStatus(status, fault?.retryAfter ?? null);
  return (
    <div role="alert" className="my-3 flex gap-3 rounded-lg border border-danger/40 bg-danger-soft p-4 text-sm">
      <Icon name="warning" className="mt-0.5 size-5 text-danger" />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-medium text-danger">{advice.title}</p>
        {fault !== null && fault.message !== '' && <p className="break-words">{fault.message}</p>}
        <p>{advice.todo}</p>
        {requestId !== null && (
          <p className="flex flex-wrap items-center gap-x-2 text-muted">
            {errors.requestId} <CopyText text={requestId} />
          </p>
        )}
        {onRetry && (
          <Button className="mt-2" onClick={onRetry}>
            {common.tryAgain}
          </Button>
        )}
      </div>
    </div>
  );
}
