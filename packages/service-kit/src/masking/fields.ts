/** What a field of this name holds. */
export type FieldKind =
  | "secret" // whatever it holds
  | "tokens" // a secret, unless it is a number (the usage of a language model)
  | "opaque" // a secret when it looks like one: a routing key of a pager, not of a queue
  | "header" // a secret up to the end of its line
  | "name"
  | "maybe-name" // a name when it looks like a person's
  | "phone"
  | "email"
  | "my-number"
  | "card"
  | "bank-account"
  | "postal-code";

const words = (text: string) => text.trim().split(/\s+/);
const phrases = (text: string) => new Set(text.split(",").map((phrase) => phrase.trim()));

const SECRET_WORDS = new Set(
  words(
    "password passwd pwd passphrase passcode secret secrets authorization cookie cookies credential credentials apikey token jwt otp totp cvv cvc pgpassword jsessionid phpsessid sessionid accesskey privatekey secretkey",
  ),
);
const SECRET_ENDS = /(?:password|passwd|passphrase|secret|token|apikey|cookie|credentials?|privatekey)$/;
const SECRET_PAIRS =
  /(?:^| )(?:api key|private key|access key|secret key|signing key|encryption key|session id|session key|auth key|master key|account key|shared key|host key|pin code|pin number|security code|one time code|verification code|access code|recovery codes?|backup codes?|connect sid|mysql pwd|x csrf)(?: |$)/;
/** `token_count`, `passwordResetAt`, `secretName` speak about a secret and hold none. */
const ABOUT =
  /^(?:count|counts|limit|limits|size|length|len|type|kind|ttl|age|expiry|expires|expiration|expired|policy|policies|url|uri|endpoint|name|names|at|usage|used|remaining|status|state|version|rotation|rotated|changed|change|reset|updated|required|enabled|disabled|valid|invalid|attempts|failures|min|max|total|per|provider|path|file|ref|reference|field|header|bucket|budget|cost|price|rate|estimate|s|ms|seconds|is|source|strategy|manager|store|domain|samesite|algorithm|alg|issuer|audience|scope|scopes|format|strength|hint|label|placeholder|mode|index|position|line|column|digest)$/;
const ID = /^(?:id|ids)$/;

const OPAQUE = phrases(
  "routing key, integration key, service key, license key, auth, signature, x signature, x hub signature, subscription key, webhook key, deploy key, cookie secret",
);
const NAMES = phrases(
  "full name, fullname, display name, displayname, applicant name, first name, firstname, last name, lastname, given name, givenname, family name, familyname, sur name, surname, middle name, customer name, employee name, contact name, owner name, approver name, requester name, person name, patient name, recipient name, sender name, author name, member name, holder name, cardholder, cardholder name, real name, legal name, name kana, kana name, staff name, buyer name, payer name, payee name, student name, guest name, subscriber name, beneficiary name, reviewer name, operator name, assignee name, manager name, user full name, maiden name, nick name, nickname",
);
const MAYBE_NAMES = phrases(
  "name, user name, username, user, author, owner, customer, approver, requester, assignee, creator, created by, updated by, approved by, requested by, submitted by, applicant, recipient, sender, client name, actor, contact, reviewer, reporter, from, to, cc, employee, patient, person, member, subject, signer, responsible",
);
const PHONES = phrases(
  "phone, tel, telephone, mobile, cell, cellphone, fax, phone number, phonenumber, phone no, tel no, telno, mobile number, mobile phone, mobile no, contact number, telephone number, fax number, fax no, cell phone, home phone, work phone, office phone, msisdn, sms to, caller, callee, caller id",
);
const EMAILS = phrases(
  "email, e mail, mail, email address, mail address, mailaddress, emailaddress, mail to, reply to",
);
const MY_NUMBERS = phrases("my number, mynumber, individual number, kojin bango, kojin bangou");
const CARDS = phrases(
  "card number, cardnumber, credit card, creditcard, credit card number, card no, cardno, pan, cc number, ccnumber, debit card, primary account number",
);
const ACCOUNTS = phrases(
  "account number, accountnumber, bank account, bankaccount, bank account number, account no, accountno, iban, acct no, acct number, acct",
);
const POSTALS = phrases("postal code, postalcode, zip, zip code, zipcode, post code, postcode, postal");

const JAPANESE: [FieldKind, string[]][] = [
  [
    "secret",
    words(
      "パスワード 暗証番号 秘密鍵 認証コード 確認コード ワンタイムパスワード 合言葉 合い言葉 APIキー アクセストークン 認証トークン リフレッシュトークン セキュリティコード シークレット シークレットキー パスフレーズ 秘密の質問の答え 仮パスワード 初期パスワード 新しいパスワード アクセスキー",
    ),
  ],
  [
    "name",
    words(
      "氏名 お名前 名前 フルネーム 申請者名 申請者氏名 担当者名 担当者氏名 承認者名 承認者氏名 利用者名 利用者氏名 顧客名 契約者名 契約者氏名 口座名義 口座名義人 名義 名義人 受取人 受取人名 宛名 姓 名 姓名 セイ メイ フリガナ ふりがな カナ氏名 氏名カナ 氏名フリガナ 本名 患者名 患者氏名 社員名 社員氏名 従業員名 従業員氏名 会員名 会員氏名 学生氏名 代表者名 代表者氏名 連絡者名 起案者名 依頼者名 送付先氏名 お届け先氏名 ご担当者名 ニックネーム 旧姓",
    ),
  ],
  [
    "maybe-name",
    words(
      "申請者 承認者 担当者 担当 ご担当者 作成者 更新者 起案者 依頼者 依頼人 送信者 受信者 差出人 宛先 連絡先 連絡者 顧客 契約者 上司 責任者 代表者 代理人 ユーザー名 ユーザー 利用者 所有者 登録者 報告者 対応者 決裁者 記入者 参加者 受付者 発信者 起票者 社員 従業員 患者 会員 お客様 代表 窓口",
    ),
  ],
  [
    "phone",
    words(
      "電話 電話番号 お電話番号 携帯 携帯電話 携帯番号 携帯電話番号 ファックス FAX FAX番号 TEL 連絡先電話番号 緊急連絡先 自宅電話 勤務先電話番号",
    ),
  ],
  ["email", words("メール メールアドレス Eメール eメール メアド 連絡先メール")],
  ["my-number", words("マイナンバー 個人番号 個人番号(マイナンバー)")],
  ["card", words("カード番号 クレジットカード クレジットカード番号 デビットカード番号")],
  ["bank-account", words("口座番号 銀行口座 振込先口座番号 預金口座番号 振込口座")],
  ["postal-code", words("郵便番号 〒")],
];
const JAPANESE_FIELDS = new Map(
  JAPANESE.flatMap(([kind, names]) => names.map((name) => [name, kind] as const)),
);

/** Alternatives for an expression, the longest first. */
export const JAPANESE_NAMES_OF_FIELDS = [...JAPANESE_FIELDS.keys()]
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[()]/g, "\\$&"))
  .join("|");

const known = new Map<string, FieldKind | undefined>();

/** `http.request.header.authorization`, `accessToken`, `DB_PASSWORD`, `申請者名`: by the words of a name. */
export function fieldKind(key: string): FieldKind | undefined {
  if (known.has(key)) return known.get(key);
  const kind = decide(key);
  // Names that come from outside must not fill the memory.
  if (known.size >= 10_000) known.clear();
  known.set(key, kind);
  return kind;
}

/** Is a field of this name a secret whatever it holds? */
export function isSecretKey(key: string): boolean {
  const kind = fieldKind(key);
  return kind === "secret" || kind === "header";
}

function decide(key: string): FieldKind | undefined {
  const short = key.length > 256 ? key.slice(-256) : key;
  const wide = /[^\0-\x7f]/.test(short) ? japanese(short) : undefined;
  if (wide) return wide;
  const parts = short
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== "");
  if (parts.length === 0) return undefined;
  return secret(parts) ?? personal(parts);
}

function japanese(key: string): FieldKind | undefined {
  const plain = key.replace(
    /[\s　"'：:＊*※【】[\]「」]|[（(](?:必須|任意|漢字|全角|半角|カナ|かな)[）)]/g,
    "",
  );
  return JAPANESE_FIELDS.get(plain) ?? JAPANESE_FIELDS.get(plain.slice(plain.lastIndexOf(".") + 1));
}

function secret(parts: string[]): FieldKind | undefined {
  const last = parts.at(-1)!;
  const joined = parts.join(" ");
  if (last === "tokens" || last === "tokencount")
    return parts.length > 1 && last !== "tokens" ? undefined : "tokens";
  const spoken = parts.some((part) => SECRET_WORDS.has(part) || SECRET_ENDS.test(part));
  if (!spoken && !SECRET_PAIRS.test(joined))
    return OPAQUE.has(parts.slice(-2).join(" ")) ? "opaque" : undefined;
  if (ABOUT.test(last) || (ID.test(last) && !/session id|secret id/.test(joined))) return undefined;
  return last === "cookie" || last === "authorization" ? "header" : "secret";
}

const PERSONAL: [Set<string>, FieldKind][] = [
  [PHONES, "phone"],
  [EMAILS, "email"],
  [MY_NUMBERS, "my-number"],
  [CARDS, "card"],
  [ACCOUNTS, "bank-account"],
  [POSTALS, "postal-code"],
  [NAMES, "name"],
];

/** By the last three, two or one words: `billing.contact.phoneNumber`, `user_display_name`. */
function personal(parts: string[]): FieldKind | undefined {
  for (let count = Math.min(3, parts.length); count > 0; count -= 1) {
    const ending = parts.slice(-count).join(" ");
    for (const [set, kind] of PERSONAL) if (set.has(ending)) return kind;
  }
  const pair = parts.slice(-2).join(" ");
  if (MAYBE_NAMES.has(pair) || (parts.length === 1 && MAYBE_NAMES.has(pair))) return "maybe-name";
  return parts.length > 1 &&
    /^(?:user|enduser|person|customer|employee|owner|author)$/.test(parts.at(-2)!) &&
    parts.at(-1) === "name"
    ? "maybe-name"
    : undefined;
}
