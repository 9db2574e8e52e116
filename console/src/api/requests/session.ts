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
