import type { Server } from '../../../api/queries/compute.ts';

/** What each window about one server is given. */
export interface WindowProps {
  server: Server;
  onClose: () => void;
}
