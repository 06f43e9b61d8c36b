// RingiFlow 運用設計 8.1, 8.2 and 8.8: network, application, web page and BFF.
import { choice, hours, minutes, text } from "@toban/definition";
import { rf } from "./register.ts";

export const network = {
  onlyThroughEdge: rf.commitment("RF-001", {
    says: text(
      "Nothing outside reaches the system except through CloudFront and its WAF",
      "外部からのアクセスは CloudFront と WAF を経由するものだけを許可する",
    ),
    source: "8.1",
  }),
  internalTls: rf.commitment("RF-002", {
    says: text(
      "Internal traffic is encrypted with TLS 1.3, without exception",
      "内部通信は必ず TLS 1.3 で暗号化する",
    ),
    source: "8.1",
    value: choice("tls-1.3"),
    scope: "tls.internal",
  }),
  privateSubnets: rf.commitment("RF-003", {
    says: text(
      "Applications and databases sit in private subnets",
      "アプリケーションとデータベースはプライベートサブネットに置く",
    ),
    source: "8.1",
  }),
  flowLogs: rf.commitment("RF-004", {
    says: text("VPC Flow Logs record all traffic", "VPC フローログですべての通信を記録する"),
    source: "8.1",
  }),
};

export const application = {
  inputValidated: rf.commitment("RF-005", {
    says: text("Every input is validated on the server", "すべての入力をサーバー側で検証する"),
    source: "8.2",
  }),
  outputEscaped: rf.commitment("RF-006", {
    says: text(
      "Output is escaped for the context it stands in",
      "出力は置かれる文脈に応じてエスケープし、XSS を防ぐ",
    ),
    source: "8.2",
  }),
  coreNotExposed: rf.commitment("RF-007", {
    says: text(
      "The web page shares the BFF's origin, and the Core Service is never exposed",
      "SPA は BFF と同一オリジンとし、Core Service を外部へ直接公開しない",
    ),
    source: "8.2",
  }),
  corsAllowList: rf.commitment("RF-008", {
    says: text(
      "Where CORS is allowed at all, origins come from an allow-list",
      "例外的に CORS を許可するときは、オリジンの許可リストを必ず使う",
    ),
    source: "8.2",
  }),
  csrfProtected: rf.commitment("RF-009", {
    says: text(
      "Every state change needs a SameSite cookie, a CSRF token and a matching Origin or Referer",
      "状態を変える操作は SameSite Cookie、CSRF トークン、Origin/Referer 検証のすべてで守る",
    ),
    source: "8.2",
  }),
  oidcWithPkce: rf.commitment("RF-010", {
    says: text(
      "People sign in by OIDC authorization code with PKCE",
      "サインインは OIDC の認可コードフローと PKCE で行う",
    ),
    source: "8.2",
  }),
  tokensInBff: rf.commitment("RF-011", {
    says: text(
      "Tokens stay in the BFF; the browser holds only an HttpOnly session cookie",
      "トークンは BFF が保持し、ブラウザには HttpOnly のセッション Cookie だけを渡す",
    ),
    source: "8.2",
  }),
  serverSideSessions: rf.commitment("RF-012", {
    says: text("Sessions live on the server", "セッションはサーバー側で管理する"),
    source: "8.2",
  }),
  idleTimeout: rf.commitment("RF-013", {
    says: text("A session ends after 30 idle minutes", "セッションは 30 分操作がなければ終了する"),
    source: "8.2",
    value: minutes(30),
    comparator: "equals",
    scope: "sessions.idle",
  }),
  absoluteTimeout: rf.commitment("RF-014", {
    says: text(
      "A session ends 8 hours after sign-in, whatever happens",
      "セッションは操作の有無にかかわらずサインインから 8 時間で終了する",
    ),
    source: "8.2",
    value: hours(8),
    comparator: "equals",
    scope: "sessions.absolute",
  }),
  forcedRevocation: rf.commitment("RF-015", {
    says: text(
      "An administrator can end any session by force",
      "管理者はどのセッションでも強制的に失効できる",
    ),
    source: "8.2",
  }),
};

export const frontend = {
  oneOrigin: rf.commitment("RF-016", {
    says: text(
      "Web page and BFF are served under one origin; the Core Service is closed inside the network",
      "SPA と BFF を同一オリジンで提供し、Core Service は内部ネットワークに閉じる",
    ),
    source: "8.8",
  }),
  noTokenInScripts: rf.commitment("RF-017", {
    says: text(
      "No token is ever placed where JavaScript can read it",
      "アクセストークンとリフレッシュトークンを JavaScript から読める場所に置かない",
    ),
    source: "8.8",
  }),
  cookieSecure: rf.commitment("RF-018", {
    says: text(
      "The session cookie is Secure and HttpOnly",
      "セッション Cookie には Secure と HttpOnly を必ず付ける",
    ),
    source: "8.8",
  }),
  cookieSameSite: rf.commitment("RF-019", {
    says: text(
      "The session cookie is SameSite=Lax by default; Strict can be chosen",
      "セッション Cookie は SameSite=Lax を既定とし、Strict も選べる",
    ),
    source: "8.8",
    value: choice("lax"),
    scope: "sessions.same-site",
  }),
  cookieHostPrefix: rf.commitment("RF-020", {
    says: text(
      "The session cookie's name has the __Host- prefix wherever possible",
      "セッション Cookie の名前には可能な限り __Host- 接頭辞を付ける",
    ),
    source: "8.8",
  }),
  csrfTokenOnChanges: rf.commitment("RF-021", {
    says: text(
      "POST, PUT, PATCH and DELETE need a CSRF token and a matching Origin or Referer",
      "POST・PUT・PATCH・DELETE には CSRF トークンを必須とし、Origin/Referer 検証を併用する",
    ),
    source: "8.8",
  }),
  csrfExemptionsAssessed: rf.commitment("RF-022", {
    says: text(
      "Reads skip CSRF checks only under the same origin and with a recorded risk assessment",
      "読み取りの CSRF 免除は、同一オリジンを保ち、リスク評価を記録した場合に限る",
    ),
    source: "8.8",
  }),
  securityHeaders: rf.commitment("RF-023", {
    says: text(
      "The BFF adds HSTS, CSP, X-Content-Type-Options, Referrer-Policy and Permissions-Policy to every response",
      "BFF はすべての応答に HSTS、CSP、X-Content-Type-Options、Referrer-Policy、Permissions-Policy を付ける",
    ),
    source: "8.8",
  }),
  noFraming: rf.commitment("RF-024", {
    says: text(
      "No other site can frame the pages",
      "frame-ancestors または X-Frame-Options により、他サイトの枠内に表示させない",
    ),
    source: "8.8",
  }),
  identityFixedAtBff: rf.commitment("RF-025", {
    says: text(
      "Actor, tenant and sign-in state are fixed at the BFF, which also audits and limits rates",
      "認証状態・操作者・テナントは BFF で確定し、監査ログとレート制限も BFF で行う",
    ),
    source: "8.8",
  }),
  logoutDestroysSession: rf.commitment("RF-026", {
    says: text(
      "Signing out destroys the session at the BFF and, where needed, at the identity provider",
      "ログアウトで BFF のセッションを破棄し、必要なら IdP のログアウトとも連携する",
    ),
    source: "8.8",
  }),
};
