import { useQuery } from '@tanstack/react-query';
import { useLocation, useSearchParams } from 'react-router';
import type { Server } from '../../../api/queries/compute.ts';
import { imagesQuery } from '../../../api/queries/image.ts';
import { Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { CopyBlock } from '../../../parts/copy-text.tsx';
import { ProgressInWords } from '../../../parts/states.tsx';
import { useText } from '../../../text/index.tsx';
import { loginUser } from '../new/fit.ts';
import { useLog } from './log.tsx';
import { bestAddress, progressOf, sshLines, STAGES } from './progress.ts';

/** What the page that made the server knows: see new/create.ts. Gone after a reload, which loses nothing that matters. */
interface FromForm {
  keyFile: string | null;
  addressProblem: string | null;
}

/** The result of making a server: how far it is, and how to get in. */
export function Made({ server }: { server: Server }) {
  const { serverDetail: text } = useText();
  const [, setParams] = useSearchParams();
  const from = useLocation().state as FromForm | null;
  const log = useLog(server, 200);
  const { stages, ready, failed } = progressOf(server, log.data ?? null);
  const problem = from?.addressProblem ?? '';
  const leave = () => setParams({}, { replace: true });
  return (
    <Section title={failed ? text.madeFailed : ready ? text.madeReady : text.making}>
      <div className="space-y-5 rounded-lg border border-line bg-surface p-5">
        <ProgressInWords steps={STAGES.map((stage) => ({ label: text.stages[stage], state: stages[stage] }))} />
        {ready && <GetIn server={server} keyFile={from?.keyFile ?? null} />}
        {problem !== '' && (
          <p role="alert" className="rounded-lg bg-warn-soft p-3 text-sm text-warn">
            {text.addressProblem} {problem}
          </p>
        )}
        {ready && <Button onClick={leave}>{text.toDetails}</Button>}
      </div>
    </Section>
  );
}

/** The lines for a terminal. */
export function GetIn({ server, keyFile = null }: { server: Server; keyFile?: string | null }) {
  const { serverDetail: text } = useText();
  const { data: images } = useQuery(imagesQuery);
  const image = images?.find(({ id }) => server.image !== '' && id === server.image.id);
  const best = bestAddress(server);
  if (best === null) return null;
  const user = loginUser(image);
  return (
    <div className="space-y-2 text-sm">
      <p className="font-medium">{text.getIn}</p>
      {keyFile !== null && <p className="text-muted">{text.keyFile(keyFile)}</p>}
      <CopyBlock text={sshLines(user ?? 'USER', best.address, keyFile)} />
      {user === null && <p className="text-muted">{text.userUnknown}</p>}
      {!best.outside && <p className="text-muted">{text.insideOnly}</p>}
    </div>
  );
}
