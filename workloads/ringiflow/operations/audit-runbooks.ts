// For alerts on the audit log. A permission incident begins with the evidence: nothing is pruned, then who saw what.
import { type OperationsInput, text } from "@toban/definition";

const owner = "ringiflow-operations";

const escalation = text(
  "If it was not meant, or nobody knows whether it was, call the lead of operations and the person responsible for RingiFlow at once; they decide whom to notify and whether to report to the privacy authority.",
  "意図しない操作である、または判断できない場合は、直ちに運用責任者と RingiFlow の責任者に連絡する。対象者への通知と個人情報保護委員会への報告の要否は責任者が判断する。",
);

export const auditRunbooks: NonNullable<OperationsInput["runbooks"]> = {
  "privilege-change": {
    title: text("Permissions were changed", "権限の変更"),
    owner,
    triage: text(
      "The page names the newest change and its correlation id: `npx toban audit search --correlation-id ID` shows what else belongs to it. Ask the person who made the change whether it was meant, by another way than the one they signed in with. Many changes in one minute, or one by a person who has just signed in from a new place, count as not meant until they are explained.",
      "通知にある最新の変更と相関 ID から `npx toban audit search --correlation-id ID` で関連する操作を調べる。変更した本人に、サインインとは別の手段で意図を確認する。一分間に多数の変更や、見慣れない場所からのサインイン直後の変更は、説明がつくまで意図しないものとみなす。",
    ),
    firstResponse: text(
      "If it was not meant: 1. preserve the audit log (`npx toban audit hold --reason REASON`; a critical alert does it by itself); 2. take the permission back (`npx toban people role PERSON LEVEL`) and end the person's access (`npx toban people remove PERSON`; in RingiFlow delete their rows from the session database); 3. list what the person saw and did since then, newest first (`npx toban audit search --actor person:NAME --from TIME`), and who else touched the same objects (`--resource`); 4. export it as evidence (`npx toban audit export --out FILE`).",
      "意図しない変更の場合: 1. 監査ログを保全する(`npx toban audit hold --reason 理由`。重大なアラートでは自動で保全される)。2. 権限を戻し(`npx toban people role 利用者 レベル`)、本人のアクセスを止める(`npx toban people remove 利用者`。RingiFlow ではセッション DB の該当行を削除)。3. 以後の閲覧と操作を新しい順に調べ(`npx toban audit search --actor person:名前 --from 時刻`)、同じ対象に触れた人も調べる(`--resource`)。4. 証拠として書き出す(`npx toban audit export --out FILE`)。",
    ),
    escalation,
  },
  "failed-sign-ins": {
    title: text(
      "Sign-ins fail, or multi-factor authentication was changed",
      "サインインの失敗・多要素認証の変更",
    ),
    owner,
    triage: text(
      "`npx toban audit search --action session.refuse` tells how they failed: forged cookies and unknown tokens point to an attack, used links to people with an old link. After a change of multi-factor authentication ask the person by another way whether it was them.",
      "`npx toban audit search --action session.refuse` で失敗の種類を調べる。偽造された Cookie や不明なトークンは攻撃、使用済みのリンクは古いリンクを開いた人である。多要素認証の変更は、別の手段で本人に確認する。",
    ),
    firstResponse: text(
      "Attack: close the way it comes from (firewall, tunnel), then look for a success from the same source (`--action session.create`). If one succeeded or the person did not change it, continue with “Permissions were changed” from step 1. Nobody can sign in: `npx toban status` prints a new link.",
      "攻撃の場合は経路(ファイアウォール、トンネル)を塞ぎ、同じ接続元からの成功がないか調べる(`--action session.create`)。成功していた、または本人の変更でなければ「権限の変更」の手順 1 に移る。誰もサインインできないときは `npx toban status` で新しいリンクを発行する。",
    ),
    escalation,
  },
  "audit-behind": {
    title: text("The audit log falls behind", "監査ログの遅れ"),
    owner,
    triage: text(
      "Not sealed: the control plane or its database is overloaded or stopped; read its log for `audit.seal`. Not anchored: a sink refuses (full disk, webhook away, expired credentials); `npx toban audit trees` says which and why. Nothing heard: the control plane or the telemetry store is down (`npx toban status`).",
      "封印の遅れなら、制御プレーンかそのデータベースの過負荷または停止である(ログの `audit.seal`)。固定の遅れなら、保存先が拒否している(ディスク満杯、webhook の停止、認証の期限切れ)。どれがなぜかは `npx toban audit trees` で分かる。計測値が途絶えたなら、制御プレーンかテレメトリの停止である(`npx toban status`)。",
    ),
    firstResponse: text(
      "Free the disk, restore the sink or start the control plane again: sealing and anchoring catch up by themselves and lose nothing. Let nobody work by hand on the database meanwhile. Afterwards run `npx toban audit verify --full`.",
      "ディスクを空ける、保存先を復旧する、制御プレーンを再起動する。封印と固定は自動で追いつき、失われるものはない。その間、データベースを手作業で操作させない。復旧後に `npx toban audit verify --full` を実行する。",
    ),
    escalation,
  },
  "audit-tampered": {
    title: text("The audit log was altered", "監査ログの改ざんの疑い"),
    owner,
    triage: text(
      "`npx toban audit verify --full` names tenant, class and sequence of what does not hold. Ask whether the database was restored from a backup: a diverged log after a restore is the restore, anything else is somebody with rights on the database.",
      "`npx toban audit verify --full` が、合わない箇所のテナント・区分・番号を示す。データベースをバックアップから復元したか確認する。復元後の矛盾は復元が原因であり、それ以外はデータベースの権限を持つ者の操作である。",
    ),
    firstResponse: text(
      "Change nothing and delete nothing. Preserve: copy the database and both folders of anchors to a place that only the lead can write to, keep the hold open. Withdraw every owner's password of the database. Earlier exports and the anchors outside still prove what the record was.",
      "何も変更・削除しない。データベースと二つの固定記録フォルダーを、責任者だけが書き込める場所に複製し、保全を解かない。データベース所有者のパスワードをすべて無効にする。以前の書き出しと外部の固定記録が、元の記録を証明する。",
    ),
    escalation,
  },
};
