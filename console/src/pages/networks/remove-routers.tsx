import type { Router } from '../../api/queries/network.ts';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { nameOf } from '../../parts/format.ts';
import { useText } from '../../text/index.tsx';
import { deleteRouter } from './operations.ts';

export function RemoveRouters({
  routers,
  onClose,
  onRemoved,
}: {
  routers: readonly Router[];
  onClose: () => void;
  onRemoved?: () => void;
}) {
  const { networks: text } = useText();
  return (
    <ConfirmOperations
      title={text.removeRouterTitle(routers.length, routers[0] ? nameOf(routers[0]) : '')}
      action={text.remove}
      names={routers.map(nameOf)}
      operations={routers.map(deleteRouter)}
      kinds={['routers', 'ports', 'quotas']}
      done={text.routersRemoved(routers.length)}
      onClose={onClose}
      {...(onRemoved && { onDone: onRemoved })}
    >
      <p>{text.removeRouterText}</p>
    </ConfirmOperations>
  );
}
