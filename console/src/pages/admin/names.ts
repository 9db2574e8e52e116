import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Named {
  id: string;
  name: string;
}

/** Names by id, of a list that is fetched once; what is not in it is called by its id. */
export function useNames<T extends Named>(query: UseQueryOptions<T[], Error, T[], readonly unknown[]>) {
  const { data } = useQuery(query as UseQueryOptions<T[]>);
  return useMemo(() => {
    const names = new Map((data ?? []).map(({ id, name }) => [id, name]));
    return (id: string | null): string => (id === null ? '' : (names.get(id) ?? id));
  }, [data]);
}
