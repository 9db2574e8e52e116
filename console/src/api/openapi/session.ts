// Made of docs/openapi/session.json by: ./potluck openapi --write

export interface SessionRequests {
  "POST /session": { body: { auth: { identity?: { methods: string[]; password?: { user: { id?: string; name?: string; domain?: { id?: string; name?: string }; password: string } }; token?: { id: string }; oauth1?: Record<string, unknown>; totp?: { user: { id?: string; name?: string; domain?: { id?: string; name?: string }; passcode: string } }; application_credential?: { id?: string; name?: string; secret: string; user?: { id?: string; name?: string; domain?: { id?: string; name?: string } } } }; scope?: "unscoped" | { project?: { id?: string; name?: string; domain?: { id?: string; name?: string } }; domain?: { id?: string; name?: string }; system?: { all?: boolean }; unscoped?: Record<string, unknown>; "OS-TRUST:trust"?: { id?: string } } | null } } };
  "GET /session": object;
  "DELETE /session": object;
  "GET /session/oidc/callback": object;
  "GET /session/oidc/{idp_id}": { path: { idp_id: string } };
  "POST /session/oidc/{idp_id}/backchannel-logout": { path: { idp_id: string }; body: { logout_token: string } };
  "GET /session/providers": object;
  "GET /session/sessions": object;
  "DELETE /session/sessions": object;
  "DELETE /session/sessions/{session_id}": { path: { session_id: string } };
}

export interface SessionAnswers {
  "POST /session": { token: { methods: string[]; user: { id: string; name: string; domain: { id: string; name: string }; password_expires_at: string | null; "OS-FEDERATION"?: { identity_provider: { id: string }; protocol: { id: string }; groups: { id: string }[] } }; audit_ids: string[]; is_domain?: boolean; project?: { id: string; name: string; domain: { id: string; name: string } }; domain?: { id: string; name: string }; system?: { all: boolean }; roles?: { id: string; name: string }[]; catalog?: ({ id: string; type: string; name: string; endpoints: ({ id: string; interface: string; url: string; region: string | null; region_id: string | null })[] })[]; issued_at: string; expires_at: string }; projects: { id: string; name: string; domain: { id: string; name: string } }[]; domains: { id: string; name: string }[]; system: boolean; session: { started_at: string; ends_at: string; provider: { id: string; name: string } | null } | null };
  "GET /session": { token: { methods: string[]; user: { id: string; name: string; domain: { id: string; name: string }; password_expires_at: string | null; "OS-FEDERATION"?: { identity_provider: { id: string }; protocol: { id: string }; groups: { id: string }[] } }; audit_ids: string[]; is_domain?: boolean; project?: { id: string; name: string; domain: { id: string; name: string } }; domain?: { id: string; name: string }; system?: { all: boolean }; roles?: { id: string; name: string }[]; catalog?: ({ id: string; type: string; name: string; endpoints: ({ id: string; interface: string; url: string; region: string | null; region_id: string | null })[] })[]; issued_at: string; expires_at: string }; projects: { id: string; name: string; domain: { id: string; name: string } }[]; domains: { id: string; name: string }[]; system: boolean; session: { started_at: string; ends_at: string; provider: { id: string; name: string } | null } | null };
  "GET /session/providers": { password: boolean; providers: { id: string; name: string; url: string }[] };
  "GET /session/sessions": { sessions: ({ id: string; current: boolean; started_at: string; renewed_at: string; ends_at: string; user_agent: string | null; address: string | null; provider: { id: string; name: string } | null })[] };
}
