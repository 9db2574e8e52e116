// Made of docs/openapi/events.json by: ./potluck openapi --write

export interface EventsRequests {
  "GET /events": { query?: { all_projects?: string; once?: string } };
}
