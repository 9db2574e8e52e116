import { Page } from '../../../layout/page.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { useText } from '../../../text/index.tsx';
import { listServers } from './operations.ts';
import { ServersOfAll } from './servers-table.tsx';

/** The servers of every project, with their hosts. */
export default function AllServersPage() {
  const { hosts: text } = useText();
  return (
    <Page title={text.allServers}>
      <ServersOfAll />
      <div className="mt-4">
        <ShowMeHow operations={[listServers()]} />
      </div>
    </Page>
  );
}
