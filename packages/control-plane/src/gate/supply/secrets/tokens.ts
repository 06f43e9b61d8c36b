/**
 * Tokens that can be told by their form: prefixes and lengths as their issuers publish them for secret scanning. `weak` are
 * those of a test mode. Every pattern begins with literal text or a narrow class and has no nested repetition.
 */
export type TokenForm = { name: string; pattern: RegExp; weak?: true };

const form = (name: string, source: string, weak?: true): TokenForm => ({
  name,
  pattern: new RegExp(`(?<![A-Za-z0-9_])(?:${source})(?![A-Za-z0-9])`, "g"),
  ...(weak ? { weak } : {}),
});

export const TOKEN_FORMS: readonly TokenForm[] = [
  form("AWS access key", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"),
  form("Google API key", "AIza[\\w-]{35}"),
  form("Google OAuth client secret", "GOCSPX-[\\w-]{24,40}"),
  form("Google OAuth token", "ya29\\.[\\w-]{30,1000}"),
  form("Azure storage key", "AccountKey=[A-Za-z0-9+/]{80,100}={0,2}"),
  form("Azure shared access key", "SharedAccessKey=[A-Za-z0-9+/]{40,60}={0,2}"),
  form("Azure client secret", "[\\w~.-]{3}8Q~[\\w~.-]{31,34}"),
  form("GitHub token", "gh[pousr]_[A-Za-z0-9]{30,255}"),
  form("GitHub fine-grained token", "github_pat_[A-Za-z0-9_]{50,255}"),
  form("GitLab token", "gl(?:pat|ptt|dt|rt|rtr|cbt|soat|ft|imt|agent|oas|ffct)-[\\w.-]{20,300}"),
  form("Slack token", "xox[abeoprsc]-[A-Za-z0-9-]{10,300}"),
  form("Slack app token", "xapp-\\d-[A-Za-z0-9-]{20,300}"),
  form(
    "Slack webhook",
    "https://hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9]{8,40}/[A-Za-z0-9]{8,40}/[A-Za-z0-9]{16,60}",
  ),
  form(
    "Microsoft Teams webhook",
    "https://[a-z0-9.-]{3,80}\\.webhook\\.office\\.com/webhookb2/[\\w@-]{60,120}/IncomingWebhook/[a-f0-9]{32}/[\\w-]{30,60}",
  ),
  form(
    "Discord webhook",
    "https://(?:ptb\\.|canary\\.)?discord(?:app)?\\.com/api/webhooks/\\d{15,22}/[\\w-]{50,100}",
  ),
  form("Discord bot token", "[MNO][A-Za-z0-9_-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40}"),
  form("Stripe live key", "(?:sk|rk)_live_[0-9A-Za-z]{16,250}"),
  form("Stripe test key", "(?:sk|rk)_test_[0-9A-Za-z]{16,250}", true),
  form("Stripe webhook secret", "whsec_[A-Za-z0-9+/]{24,100}"),
  form("SendGrid key", "SG\\.[\\w-]{16,40}\\.[\\w-]{16,80}"),
  form("npm token", "npm_[A-Za-z0-9]{36}"),
  form("OpenAI key", "sk-(?:proj|svcacct|admin|None)-[\\w-]{20,300}"),
  form("OpenAI key", "sk-[A-Za-z0-9]{20,64}"),
  form("Anthropic key", "sk-ant-[a-z0-9]{3,12}-[\\w-]{20,300}"),
  form("OpenRouter key", "sk-or-v1-[a-f0-9]{48,64}"),
  form("Groq key", "gsk_[A-Za-z0-9]{40,60}"),
  form("Hugging Face token", "hf_[A-Za-z0-9]{30,60}"),
  form("Replicate token", "r8_[A-Za-z0-9]{36,40}"),
  form("Twilio key", "SK[0-9a-f]{32}"),
  form("Mailgun key", "(?<!-)key-[0-9a-f]{32}"),
  form("Mailchimp key", "[0-9a-f]{32}-us\\d{1,2}"),
  form("Postmark or Brevo key", "xkeysib-[a-f0-9]{60,70}-[A-Za-z0-9]{14,18}"),
  form("DigitalOcean token", "do[opr]_v1_[a-f0-9]{64}"),
  form("Shopify token", "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
  form("Square token", "sq0(?:atp|csp|idp)-[\\w-]{22,50}"),
  form("PyPI token", "pypi-[\\w-]{50,300}"),
  form("RubyGems key", "rubygems_[a-f0-9]{48}"),
  form("crates.io token", "cio[A-Za-z0-9]{32}"),
  form("Docker Hub token", "dckr_(?:pat|oat)_[\\w-]{20,60}"),
  form("Vault token", "hv[sbr]\\.[\\w-]{24,300}"),
  form("Terraform token", "[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{50,80}"),
  form("Pulumi token", "pul-[a-f0-9]{40}"),
  form("Databricks token", "dapi[a-f0-9]{32}"),
  form("Linear key", "lin_api_[A-Za-z0-9]{32,60}"),
  form("Notion token", "(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,60})"),
  form("New Relic key", "NRAK-[A-Z0-9]{27}"),
  form("Grafana token", "(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2})"),
  form("Sentry token", "sntry[su]_[\\w+/=-]{40,300}"),
  form("Postman key", "PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
  form("Telegram bot token", "\\d{8,10}:AA[\\w-]{32,34}"),
  form("Atlassian token", "AT(?:ATT|CTT)3[\\w=-]{60,300}"),
  form("Figma token", "figd_[\\w-]{35,60}"),
  form("Supabase token", "(?:sbp_[a-f0-9]{40}|sb_secret_[\\w-]{20,60})"),
  form("PlanetScale credential", "pscale_(?:tkn|pw|oauth)_[\\w.=-]{30,80}"),
  form("Doppler token", "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{40,80}"),
  form("Heroku key", "HRKU-[\\w-]{36,70}"),
  form("age secret key", "AGE-SECRET-KEY-1[0-9A-Z]{58}"),
  form("Artifactory token", "(?:AKCp[A-Za-z0-9]{60,80}|cmVmdGtu[A-Za-z0-9]{50,70})"),
  form("Dynatrace token", "dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}"),
  form("LaunchDarkly key", "sdk-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
  form("Airtable token", "pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}"),
  form("JSON Web Token", "eyJ[\\w-]{10,2000}\\.eyJ[\\w-]{10,8000}\\.[\\w-]{20,1500}"),
];

const PUBLISHED_EXAMPLE =
  /EXAMPLE|example|x{4,}|X{4,}|\*{3}|your|YOUR|change_?me|placeholder|PLACEHOLDER|dummy|DUMMY|redacted|REDACTED|\.{3}/;

/** Whether a token only shows what one looks like: words such as EXAMPLE, or hardly any different characters. */
export function isShownOnly(token: string): boolean {
  if (PUBLISHED_EXAMPLE.test(token)) return true;
  return new Set(token.slice(-16)).size <= 4;
}

/** Whether a JSON Web Token is one: its header is JSON. The one of jwt.io and public (`anon`) keys are no secrets. */
export function isLiveJwt(token: string): boolean {
  const [header, payload] = token.split(".").map((part) => Buffer.from(part, "base64url").toString("utf8"));
  try {
    const { alg } = JSON.parse(header ?? "");
    const claims = JSON.parse(payload ?? "");
    return typeof alg === "string" && claims.sub !== "1234567890" && claims.role !== "anon";
  } catch {
    return false;
  }
}
