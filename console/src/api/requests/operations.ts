// Made of docs/openapi/operations.json by: ./potluck openapi --write

export interface OperationsRequests {
  "GET /operations/v1/health": object;
  "GET /operations/v1/hosts": object;
  "GET /operations/v1/jobs": { query?: { limit?: string } };
  "GET /operations/v1/placement": { query: { flavor: string; image?: string; zone?: string; project_id?: string } };
  "GET /operations/v1/quotas": { query?: { project_id?: string; all_projects?: string; limit?: string; marker?: string } };
}
