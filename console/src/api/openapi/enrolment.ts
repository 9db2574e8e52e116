// Made of docs/openapi/enrolment.json by: ./potluck openapi --write

export interface EnrolmentRequests {
  "GET /enrolment/v1/hosts": object;
  "DELETE /enrolment/v1/hosts/{host}": { path: { host: string } };
  "POST /enrolment/v1/hosts/{host}/revoke": { path: { host: string } };
  "POST /enrolment/v1/invites": { body: { name?: string | null; uses?: number; expires_in?: number; replace?: boolean } };
  "GET /enrolment/v1/invites": object;
  "DELETE /enrolment/v1/invites/{invite_id}": { path: { invite_id: string } };
  "GET /enrolment/v1/kept": object;
  "DELETE /enrolment/v1/kept/{kept_id}": { path: { kept_id: string } };
  "POST /enrolment/v1/kept/{kept_id}/adopt": { path: { kept_id: string }; body: { project_id?: string | null; name?: string | null } };
}
