// Made of docs/openapi/operations.json by: ./potluck openapi --write

export interface OperationsRequests {
  "GET /operations/v1/health": object;
  "GET /operations/v1/hosts": object;
  "GET /operations/v1/jobs": { query?: { limit?: string } };
  "GET /operations/v1/placement": { query: { flavor: string; image?: string; zone?: string; project_id?: string } };
  "GET /operations/v1/quotas": { query?: { project_id?: string; all_projects?: string; limit?: string; marker?: string } };
}

export interface OperationsAnswers {
  "GET /operations/v1/health": { services: ({ name: string; detail: string; state: string; reason: string | null; since: string | null })[] };
  "GET /operations/v1/hosts": { hosts: ({ id: string; name: string; zone: string; aggregates: string[]; state: "up" | "down" | "new"; enabled: boolean; disabled_reason: string | null; forced_down: boolean; last_seen: string | null; booted_at: string | null; address: string | null; agent_version: string | null; accelerator: string | null; accelerator_reason: string | null; cpu_model: string | null; arch: string | null; qemu_version: string | null; vcpus: { used: number; total: number; limit: number }; memory_mib: { used: number; total: number; limit: number }; disk_gib: { used: number; total: number; limit: number; free: number | null }; load: { at: string; cpu_percent: number; memory_used_mib: number } | null; volume_gib: number; servers: number; pending_changes: boolean })[] };
  "GET /operations/v1/jobs": { jobs: ({ kind: string; id: string; name: string | null; project_id: string | null; doing: string; since: string; deadline: string | null; late: boolean; host: string | null; user_id: string | null; request_id: string | null })[] };
  "GET /operations/v1/placement": { placement: { hosts: number; fit: number; candidates: string[]; objections: { reason: string; hosts: number; names: string[] }[]; reason: string | null } };
  "GET /operations/v1/quotas": { quotas: { project: { id: string; name: string }; compute: Record<string, { limit: number; used: number }>; volume: Record<string, { limit: number; used: number }>; network: Record<string, { limit: number; used: number }> }[] };
}
