/** Something that was asked for and is not done yet, as operators see it. Times in milliseconds since 1970. */
export interface UnderWay {
  /** As in the paths of the APIs: `servers`. */
  kind: string;
  id: string;
  name: string | null;
  projectId: string | null;
  /** The word of an action or a status: `resize`, `creating`. */
  doing: string;
  since: number;
  /** When it is given up; null where nothing says so. */
  deadline: number | null;
  /** Name of the host that does it. */
  host: string | null;
  userId: string | null;
  requestId: string | null;
}

/** What a project may have of something, -1 without limit, and what it has. */
export interface QuotaUse {
  limit: number;
  used: number;
}
