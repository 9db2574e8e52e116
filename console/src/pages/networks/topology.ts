import type { Server } from '../../api/queries/compute.ts';
import type { Network, Port, Router, Subnet } from '../../api/queries/network.ts';

/** A thing in the drawing, with the place of its upper left corner. Pixels. */
export interface Node {
  id: string;
  kind: 'external' | 'router' | 'network' | 'server' | 'more';
  name: string;
  /** Below the name: ranges of addresses, or one address. */
  detail: string;
  /** The page about it; none for others' networks that this one only leads to. */
  to: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  id: string;
  from: string;
  to: string;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface Topology {
  nodes: Node[];
  lines: Line[];
  width: number;
  height: number;
  /** The same as words: what hangs on what. */
  outline: OutlineNetwork[];
}

/** A network with the routers that lead out of it and the servers on it. */
export interface OutlineNetwork {
  network: Node;
  routers: { router: Node; outside: string | null }[];
  servers: { id: string; name: string; address: string }[];
}

export interface TopologyInput {
  projectId: string;
  networks: readonly Network[];
  subnets: readonly Subnet[];
  routers: readonly Router[];
  ports: readonly Port[];
  servers: readonly Pick<Server, 'id' | 'name'>[];
}

const BOX = { width: 170, height: 52 };
const GAP = 24;
const LAYER = 110;
/** Servers below a network, in rows. */
const COLUMNS = 2;
/** More servers of a network than this are drawn as one box: the list is the place for hundreds. */
const MOST = 12;

/**
 * The networks of a project as a drawing in layers: outside, routers, networks, and below each network the servers on it, so
 * that lines only go from one layer to the next. Networks stand in the order of the routers above them. Pure.
 */
export function topology(input: TopologyInput): Topology {
  const { networks, subnets, routers, ports, servers } = ofProject(input);
  const inside = networks.filter((network) => !network['router:external']);
  const interfaces = ports.filter(({ device_owner: owner }) => owner.startsWith('network:router_interface'));
  const routersOf = (network: string) =>
    routers.filter(({ id }) => interfaces.some((port) => port.device_id === id && port.network_id === network));
  const rank = (network: Network) => {
    const above = routers.findIndex(({ id }) => routersOf(network.id).some((one) => one.id === id));
    return above === -1 ? routers.length : above;
  };
  const ordered = inside.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const rangesOf = (id: string) =>
    subnets
      .filter((subnet) => subnet.network_id === id)
      .map(({ cidr }) => cidr)
      .join(', ');

  // From below: what a network needs in width is what hangs below it.
  const nodes: Node[] = [];
  const lines: Omit<Line, 'x1' | 'x2' | 'y1' | 'y2'>[] = [];
  const drawn = new Set<string>();
  const outline: OutlineNetwork[] = [];
  let x = GAP;
  for (const network of ordered) {
    const there = ports.flatMap((port) => {
      const server = servers.find(({ id }) => id === port.device_id);
      const on = port.network_id === network.id && port.device_owner.startsWith('compute:');
      return on && server !== undefined ? [{ ...server, address: port.fixed_ips[0]?.ip_address ?? '' }] : [];
    });
    const first = there.filter(({ id }) => !drawn.has(id));
    const shown = first.length > MOST ? [] : first;
    const columns = Math.max(1, Math.min(COLUMNS, shown.length));
    const width = columns * BOX.width + (columns - 1) * GAP;
    const node: Node = {
      ...{ id: network.id, kind: 'network', name: network.name, detail: rangesOf(network.id) },
      ...{ to: `/networks/${network.id}`, x, y: 2 * LAYER + GAP, width, height: BOX.height },
    };
    nodes.push(node);
    shown.forEach((server, index) => {
      drawn.add(server.id);
      nodes.push({
        ...{ id: server.id, kind: 'server', name: server.name, detail: server.address, to: `/servers/${server.id}` },
        x: x + (index % columns) * (BOX.width + GAP),
        y: 3 * LAYER + GAP + Math.floor(index / columns) * (BOX.height + GAP),
        ...BOX,
      });
    });
    if (first.length > MOST) {
      const id = `more-${network.id}`;
      nodes.push({
        ...{ id, kind: 'more', name: String(first.length), detail: '', to: '/servers' },
        ...{ x, y: 3 * LAYER + GAP, ...BOX },
      });
      lines.push({ id: `${network.id}-${id}`, from: network.id, to: id });
    }
    for (const { id } of there) {
      if (drawn.has(id)) lines.push({ id: `${network.id}-${id}`, from: network.id, to: id });
    }
    outline.push({ network: node, routers: [], servers: there });
    x += width + 2 * GAP;
  }
  const total = Math.max(x - GAP, BOX.width + 2 * GAP);

  const place = (id: string) => nodes.find((node) => node.id === id);
  const middle = (ids: readonly string[]) => {
    const those = ids.flatMap((id) => place(id) ?? []);
    if (those.length === 0) return null;
    return those.reduce((sum, node) => sum + node.x + node.width / 2, 0) / those.length;
  };
  const routerNodes = routers.map((router) => {
    const below = ordered.filter(({ id }) => routersOf(id).some((one) => one.id === router.id)).map(({ id }) => id);
    for (const id of below) lines.push({ id: `${router.id}-${id}`, from: router.id, to: id });
    const gateway = router.external_gateway_info;
    if (gateway !== null)
      lines.push({ id: `${gateway.network_id}-${router.id}`, from: gateway.network_id, to: router.id });
    return {
      ...{ id: router.id, kind: 'router' as const, name: router.name, to: `/routers/${router.id}` },
      detail: gateway?.external_fixed_ips[0]?.ip_address ?? '',
      wish: middle(below),
    };
  });
  nodes.push(...row(routerNodes, LAYER + GAP));
  const outside = networks.filter(
    (network) =>
      network['router:external'] && routers.some((one) => one.external_gateway_info?.network_id === network.id),
  );
  const outsideNodes = outside.map((network) => ({
    ...{ id: network.id, kind: 'external' as const, name: network.name, to: null, detail: '' },
    wish: middle(routers.filter((one) => one.external_gateway_info?.network_id === network.id).map(({ id }) => id)),
  }));
  nodes.push(...row(outsideNodes, GAP));

  for (const one of outline) {
    one.routers = routersOf(one.network.id).flatMap(({ id, external_gateway_info: gateway }) => {
      const router = place(id);
      const name =
        gateway === null ? null : (networks.find((network) => network.id === gateway.network_id)?.name ?? '');
      return router === undefined ? [] : [{ router, outside: name }];
    });
  }
  return {
    nodes,
    lines: lines.flatMap((line) => {
      const [from, to] = [place(line.from), place(line.to)];
      if (from === undefined || to === undefined) return [];
      // A network is as wide as what hangs on it: lines go straight down from it where they can.
      const x2 = to.x + to.width / 2;
      const x1 = Math.min(Math.max(x2, from.x + 12), from.x + from.width - 12);
      const straight = from.kind === 'network' ? x1 : from.x + from.width / 2;
      return [{ ...line, x1: straight, y1: from.y + from.height, x2, y2: to.y }];
    }),
    width: Math.max(total, ...nodes.map((node) => node.x + node.width + GAP)),
    height: Math.max(...nodes.map((node) => node.y + node.height), 2 * LAYER) + GAP,
    outline,
  };
}

/** Boxes of a layer beside each other, each as near to where it wishes its middle as the others let it. */
function row(
  wishes: readonly (Omit<Node, 'x' | 'y' | 'width' | 'height'> & { wish: number | null })[],
  y: number,
): Node[] {
  let free = GAP;
  return wishes
    .toSorted((a, b) => (a.wish ?? Infinity) - (b.wish ?? Infinity))
    .map(({ wish, ...node }) => {
      const x = Math.max(free, wish === null ? free : wish - BOX.width / 2);
      free = x + BOX.width + GAP;
      return { ...node, x, y, ...BOX };
    });
}

/** What a project has or may use: an administrator's lists hold everybody's. */
function ofProject({ projectId, networks, routers, ports, ...rest }: TopologyInput): TopologyInput {
  const own = <T extends { project_id: string }>(all: readonly T[]) =>
    all.filter((one) => one.project_id === projectId);
  const used = new Set(own(ports).map(({ network_id: id }) => id));
  return {
    projectId,
    ...rest,
    routers: own(routers),
    ports: own(ports),
    networks: networks.filter(
      (network) =>
        network['router:external'] || network.project_id === projectId || (network.shared && used.has(network.id)),
    ),
  };
}
