import { useRouteError } from 'react-router';
import { Button, ButtonLink } from '../parts/button.tsx';
import { ErrorMessage } from '../parts/error-message.tsx';
import { EmptyState } from '../parts/states.tsx';
import { useText } from '../text/index.tsx';

/** Where a page could not be drawn, or not be fetched because the console was updated since this one was loaded. */
export function CrashPage() {
  const error = useRouteError();
  const { layout } = useText();
  const outdated = error instanceof TypeError && /import|module|fetch/i.test(error.message);
  return (
    <main className="mx-auto max-w-xl p-6">
      {outdated ? <p className="my-4">{layout.newVersion}</p> : <ErrorMessage error={error} />}
      <Button look="main" onClick={() => location.reload()}>
        {layout.reload}
      </Button>
    </main>
  );
}

export function NotFoundPage() {
  const { layout } = useText();
  return (
    <EmptyState icon="search" title={layout.notFound} action={<ButtonLink to="/">{layout.toStart}</ButtonLink>}>
      {layout.notFoundText}
    </EmptyState>
  );
}
