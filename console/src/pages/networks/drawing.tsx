import { Link } from 'react-router';
import { Icon } from '../../parts/icons.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { useText } from '../../text/index.tsx';
import type { Node, Topology } from './topology.ts';

const LOOKS: Record<Node['kind'], { box: string; icon: 'globe' | 'network' | 'server' | 'refresh' }> = {
  external: { box: 'fill-info-soft stroke-info', icon: 'globe' },
  router: { box: 'fill-warn-soft stroke-warn', icon: 'refresh' },
  network: { box: 'fill-accent-soft stroke-accent', icon: 'network' },
  server: { box: 'fill-surface stroke-control', icon: 'server' },
  more: { box: 'fill-raised stroke-control', icon: 'server' },
};

/** Text is cut to what a box holds: about this many pixels a letter. */
const LETTER = 7;

/** The networks as a drawing, and beside it the same in words, which is what assistive technology reads. */
export function Drawing({ of }: { of: Topology }) {
  const { networks: text } = useText();
  if (of.nodes.length === 0) return <EmptyState icon="network" title={text.drawingEmpty} />;
  return (
    <div className="grid gap-6 xl:grid-cols-[2fr_1fr]">
      {/* Wide drawings scroll, by keyboard too. */}
      <div
        tabIndex={0}
        role="region"
        aria-label={text.tabs.drawing}
        className="overflow-x-auto rounded-lg border border-line bg-surface"
      >
        <svg
          aria-hidden="true"
          width={of.width}
          height={of.height}
          viewBox={`0 0 ${of.width} ${of.height}`}
          className="mx-auto"
        >
          {of.lines.map((line) => {
            const half = (line.y1 + line.y2) / 2;
            return (
              <path
                key={line.id}
                d={`M${line.x1} ${line.y1}C${line.x1} ${half} ${line.x2} ${half} ${line.x2} ${line.y2}`}
                className="fill-none stroke-control"
                strokeWidth="1.5"
              />
            );
          })}
          {of.nodes.map((node) => (
            <Box key={node.id} node={node} />
          ))}
        </svg>
      </div>
      <Outline of={of} />
    </div>
  );
}

function Box({ node }: { node: Node }) {
  const { networks: text } = useText();
  const look = LOOKS[node.kind];
  const name = node.kind === 'more' ? text.moreServers(node.name) : node.name;
  const fits = Math.floor((node.width - 48) / LETTER);
  const cut = (words: string) => (words.length > fits ? `${words.slice(0, fits - 1)}…` : words);
  const drawn = (
    <g transform={`translate(${node.x} ${node.y})`}>
      <title>{`${name} ${node.detail}`}</title>
      <rect width={node.width} height={node.height} rx="8" className={look.box} strokeWidth="1.5" />
      <svg x="12" y={node.height / 2 - 9} width="18" height="18" className="text-ink">
        <Icon name={look.icon} className="size-[18px]" />
      </svg>
      <text x="38" y={node.detail === '' ? node.height / 2 + 5 : 22} className="fill-ink text-[13px] font-medium">
        {cut(name)}
      </text>
      {node.detail !== '' && (
        <text x="38" y="40" className="fill-muted text-[12px]">
          {cut(node.detail)}
        </text>
      )}
    </g>
  );
  // The words beside it have the same links for the keyboard.
  return node.to === null ? (
    drawn
  ) : (
    <Link to={node.to} tabIndex={-1}>
      {drawn}
    </Link>
  );
}

function Outline({ of }: { of: Topology }) {
  const { networks: text } = useText();
  const link = 'text-accent underline';
  return (
    <section aria-label={text.inWords} className="text-sm">
      <h2 className="mb-2 font-semibold">{text.inWords}</h2>
      <ul className="space-y-4">
        {of.outline.map(({ network, routers, servers }) => (
          <li key={network.id}>
            <Link to={`/networks/${network.id}`} className={`font-medium ${link}`}>
              {network.name}
            </Link>
            {network.detail !== '' && <span className="ml-2 text-muted">{network.detail}</span>}
            <ul className="mt-1 list-disc space-y-0.5 pl-5">
              {routers.map(({ router, outside }) => (
                <li key={router.id}>
                  {outside === null ? text.wordsRouterInside(router.name) : text.wordsRouter(router.name, outside)}
                </li>
              ))}
              {routers.length === 0 && <li>{text.wordsAlone}</li>}
              <li>
                {text.wordsServers(servers.length)}{' '}
                {servers.slice(0, 20).map((server) => (
                  <Link key={server.id} to={`/servers/${server.id}`} className={`mr-2 ${link}`}>
                    {server.name}
                  </Link>
                ))}
                {servers.length > 20 && '…'}
              </li>
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
