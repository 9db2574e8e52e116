import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { listQuery } from '../../api/queries/query.ts';

interface Named {
  id: string;
  name: string;
}

/** Names by id, of a list that is fetched once; what is not in it is called by its id. */
export function useNames<T extends Named>(query: ReturnType<typeof listQuery<T>>) {
  const { data } = useQuery(query);
  return useMemo(() => {
    const names = new Map((data ?? []).map(({ id, name }) => [id, name]));
    return (id: string | null): string => (id === null ? '' : (names.get(id) ?? id));
  }, [data]);
}
