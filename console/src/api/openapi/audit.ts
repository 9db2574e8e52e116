// Made of docs/openapi/audit.json by: ./potluck openapi --write

export interface AuditRequests {
  "GET /audit/v1/events": { query?: { user_id?: string; project_id?: string; domain_id?: string; target?: string; operation?: string; outcome?: "done" | "refused"; request_id?: string; address?: string; since?: string; until?: string; limit?: string; marker?: string } };
  "GET /audit/v1/events/{event_id}": { path: { event_id: string } };
}

export interface AuditAnswers {
  "GET /audit/v1/events": { events: ({ id: string; at: string; operation: string; target: string | null; outcome: "done" | "refused"; status: number | null; user_id: string | null; project_id: string | null; domain_id: string | null; delegation: string | null; address: string | null; request_id: string; detail: Record<string, unknown> | null })[]; links: { next: string | null } };
  "GET /audit/v1/events/{event_id}": { event: { id: string; at: string; operation: string; target: string | null; outcome: "done" | "refused"; status: number | null; user_id: string | null; project_id: string | null; domain_id: string | null; delegation: string | null; address: string | null; request_id: string; detail: Record<string, unknown> | null } };
}
