import { ErrorMessage } from './error-message.tsx';
import { Loading } from './states.tsx';

/** In place of what is not there: it is on its way, or why it does not come. */
export function Awaited({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  if (error === null || error === undefined) return <Loading />;
  return <ErrorMessage error={error} {...(onRetry && { onRetry })} />;
}
