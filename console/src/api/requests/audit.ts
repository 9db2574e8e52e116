// Made of docs/openapi/audit.json by: ./potluck openapi --write

export interface AuditRequests {
  "GET /audit/v1/events": { query?: { user_id?: string; project_id?: string; domain_id?: string; target?: string; operation?: string; outcome?: "done" | "refused"; request_id?: string; address?: string; since?: string; until?: string; limit?: string; marker?: string } };
  "GET /audit/v1/events/{event_id}": { path: { event_id: string } };
}
