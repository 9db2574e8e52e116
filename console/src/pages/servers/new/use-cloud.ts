import { useQuery } from '@tanstack/react-query';
import {
  computeLimitsQuery,
  flavorsQuery,
  keyPairsQuery,
  serverGroupsQuery,
  serversQuery,
  zonesQuery,
} from '../../../api/queries/compute.ts';
import { imagesQuery } from '../../../api/queries/image.ts';
import { networksQuery, portsQuery, routersQuery, securityGroupsQuery } from '../../../api/queries/network.ts';

/** What the form chooses from, asked for all at once; undefined until all of it is there. */
export function useCloud() {
  const images = useQuery(imagesQuery);
  const flavors = useQuery(flavorsQuery);
  const limits = useQuery(computeLimitsQuery);
  const keys = useQuery(keyPairsQuery);
  const networks = useQuery(networksQuery);
  const routers = useQuery(routersQuery);
  const ports = useQuery(portsQuery);
  const groups = useQuery(securityGroupsQuery);
  const servers = useQuery(serversQuery);
  // For "advanced" only: the form does not wait for them.
  const serverGroups = useQuery(serverGroupsQuery);
  const zones = useQuery(zonesQuery);
  const needed = [images, flavors, limits, keys, networks, routers, ports, groups, servers];
  const error = needed.find((one) => one.data === undefined && one.error !== null)?.error ?? null;
  const [i, f, l, k, n] = [images.data, flavors.data, limits.data, keys.data, networks.data];
  const [r, p, g, s] = [routers.data, ports.data, groups.data, servers.data];
  const cloud =
    i && f && l && k && n && r && p && g && s
      ? {
          ...{ images: i, flavors: f, limits: l.absolute, keys: k, networks: n, routers: r, ports: p, groups: g },
          ...{ servers: s, serverGroups: serverGroups.data ?? [], zones: zones.data ?? [] },
        }
      : undefined;
  return { cloud, error };
}

export type Cloud = NonNullable<ReturnType<typeof useCloud>['cloud']>;
