import { useQuery } from '@tanstack/react-query';
import { cloudsYaml, openrc, starter, zip, type StarterFile, type Tool } from '../../../../src/starters/index.ts';
import type { ApplicationCredential } from '../../api/queries/access.ts';
import { flavorsQuery } from '../../api/queries/compute.ts';
import { imagesQuery } from '../../api/queries/image.ts';
import { networksQuery } from '../../api/queries/network.ts';
import { useSession } from '../../api/session.ts';
import { Facts } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { CopyBlock, CopyText } from '../../parts/copy-text.tsx';
import { Buttons, Dialog } from '../../parts/dialog.tsx';
import { download } from '../../parts/download.ts';
import { useLanguage, useText } from '../../text/index.tsx';
import { starterInput } from './starter-input.ts';

const TOOLS: readonly Tool[] = ['command-line', 'terraform', 'pulumi'];

/** The secret and the files that hold it, once. */
export function CredentialMade({ credential, onClose }: { credential: ApplicationCredential; onClose: () => void }) {
  const { access: text, common } = useText();
  const { language } = useLanguage();
  const { token } = useSession();
  const images = useQuery(imagesQuery).data ?? [];
  const flavors = useQuery(flavorsQuery).data ?? [];
  const networks = useQuery(networksQuery).data ?? [];
  const secret = credential.secret ?? '';
  const input = starterInput({ token, credential: { id: credential.id, secret }, images, flavors, networks });
  const save = (file: StarterFile) => download(file.name, file.content, file.mediaType);
  return (
    <Dialog open onClose={onClose} title={text.madeTitle} description={text.madeText} wide>
      <div className="space-y-4 text-sm">
        {input === null ? (
          <p>{text.noAddress}</p>
        ) : (
          <>
            <div className="flex flex-col items-start gap-2">
              <Button icon="download" look="main" onClick={() => save(cloudsYaml(input))}>
                {text.files.clouds}
              </Button>
              <Button icon="download" onClick={() => save(openrc(input))}>
                {text.files.openrc}
              </Button>
            </div>
            <p>{text.where}</p>
            <CopyBlock
              text={`mkdir -p ~/.config/openstack\nmv ~/Downloads/clouds.yaml ~/.config/openstack/\nopenstack --os-cloud ${input.cloud} server list`}
            />
            <h3 className="font-medium">{text.starters}</h3>
            <div className="flex flex-wrap gap-2">
              {TOOLS.map((tool) => (
                <Button
                  icon="download"
                  key={tool}
                  onClick={() =>
                    download(
                      `${input.cloud}-${tool}.zip`,
                      zip(starter(tool, input, language), new Date()),
                      'application/zip',
                    )
                  }
                >
                  {text.tools[tool]}
                </Button>
              ))}
            </div>
          </>
        )}
        <Facts
          facts={[
            [common.id, <CopyText key="id" text={credential.id} />],
            [text.secret, <CopyText key="secret" text={secret} />],
          ]}
        />
      </div>
      <Buttons>
        <Button onClick={onClose}>{text.done}</Button>
      </Buttons>
    </Dialog>
  );
}
