import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { serversQuery, type Server } from '../../../api/queries/compute.ts';
import { routersQuery, type Port, type Router } from '../../../api/queries/network.ts';
import { useText, type Text } from '../../../text/index.tsx';

/** The words for what a port belongs to, and its page. Pure. */
export function ownerOf(
  port: Pick<Port, 'device_owner' | 'device_id'>,
  servers: readonly Pick<Server, 'id' | 'name'>[],
  routers: readonly Pick<Router, 'id' | 'name'>[],
  text: Text['networks'],
): { words: string; to?: string } {
  const [kind, what = ''] = port.device_owner.split(':');
  if (kind === 'compute') {
    const server = servers.find(({ id }) => id === port.device_id);
    return server === undefined ? { words: port.device_id } : { words: server.name, to: `/servers/${server.id}` };
  }
  if (kind === '') return { words: text.portUnused };
  const known = Object.entries(text.portOwners).find(([name]) => what.startsWith(name))?.[1];
  const router = routers.find(({ id }) => id === port.device_id);
  return {
    words: [known ?? text.portOwners.other, router?.name].filter(Boolean).join(' '),
    ...(router && { to: `/routers/${router.id}` }),
  };
}

/** What a port belongs to, with a link where it has a page. */
export function PortOwner({ port }: { port: Port }) {
  const { networks: text } = useText();
  const servers = useQuery(serversQuery).data ?? [];
  const routers = useQuery(routersQuery).data ?? [];
  const { words, to } = ownerOf(port, servers, routers, text);
  if (to === undefined) return words;
  return (
    <Link to={to} className="text-accent hover:underline">
      {words}
    </Link>
  );
}
