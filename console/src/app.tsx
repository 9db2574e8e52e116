import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { ApiFault } from './api/fault.ts';
import { sessionQuery } from './api/session.ts';
import { CrashPage, NotFoundPage } from './layout/crash-page.tsx';
import { Shell } from './layout/shell.tsx';
import { ToastProvider } from './parts/toast.tsx';
import { PAGES } from './routes.ts';
import { LanguageProvider, type loadLanguage } from './text/index.tsx';

/** Trying again helps when no answer came; what an API refused, it refuses again. */
const worthRetrying = (count: number, error: unknown) =>
  count < 3 && error instanceof ApiFault && [0, 502, 503, 504].includes(error.status);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: worthRetrying,
      retryDelay: (count) => Math.min(1000 * 2 ** count, 8000),
      // The stream of events says when something changed; this is for when there is none.
      staleTime: 10_000,
      throwOnError: false,
    },
  },
});

// A session that has ended shows as a 401 of any request: it is asked again, and sign-in shown when there is none.
client.getQueryCache().subscribe(({ type, query }) => {
  const { error } = query.state;
  if (type !== 'updated' || query.queryKey[0] === 'session') return;
  if (error instanceof ApiFault && error.status === 401) void client.invalidateQueries(sessionQuery);
});

const router = createBrowserRouter([
  {
    errorElement: <CrashPage />,
    HydrateFallback: () => null,
    children: [
      { path: '/sign-in', lazy: async () => ({ Component: (await import('./pages/sign-in/sign-in.tsx')).default }) },
      {
        element: <Shell />,
        errorElement: <CrashPage />,
        children: [
          ...PAGES.map(({ path, load }) => ({
            path,
            errorElement: <CrashPage />,
            lazy: async () => ({ Component: (await load()).default }),
          })),
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);

export function App({ language }: { language: Awaited<ReturnType<typeof loadLanguage>> }) {
  return (
    <CSPProvider disableStyleElements>
      <LanguageProvider first={language}>
        <QueryClientProvider client={client}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </CSPProvider>
  );
}
