import { request } from '../request.ts';
import { listQuery } from './query.ts';

/** An application credential: lets a program act for a person in one project. The secret is only in the answer that made it. */
export interface ApplicationCredential {
  id: string;
  name: string;
  description: string | null;
  project_id: string;
  expires_at: string | null;
  unrestricted: boolean;
  roles: { id: string; name: string }[];
  secret?: string;
}

export const credentialsQuery = (userId: string) =>
  listQuery<ApplicationCredential>(
    'application-credentials',
    request('GET /identity/v3/users/{user_id}/application_credentials', { path: { user_id: userId } }),
    'application_credentials',
  );
