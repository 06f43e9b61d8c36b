// For BFF, Core Service and the domain's event worker: a dependency fails, overload, inconsistent data.
import { type OperationsInput, text } from "@toban/definition";

const owner = "ringiflow-operations";

const escalation = text(
  "After 15 minutes without relief call the lead of operations; if data may be lost or shown to another tenant, call the person responsible for RingiFlow at once.",
  "15 分で改善しなければ運用責任者に連絡する。データの消失や他テナントへの表示が疑われるときは、直ちに RingiFlow の責任者に連絡する。",
);

export const runbooks: NonNullable<OperationsInput["runbooks"]> = {
  "bff-dependency-failure": {
    title: text("BFF: a dependency fails", "BFF: 依存先の障害"),
    owner,
    triage: text(
      "Compare the 5xx rate by release: if only the candidate fails, it is the release. If all fail, look at Core Service, session database and identity provider, in this order; the trace of a failed request names the call that broke.",
      "5xx 率を版ごとに比べる。新しい版だけならリリースが原因。すべての版なら Core サービス、セッション DB、IdP の順に確認する。失敗した要求のトレースに、失敗した呼び出しが残っている。",
    ),
    firstResponse: text(
      "If a release is under way and was not rolled back by itself, run `npx toban rollback bff`. If the Core Service fails, continue with its runbook. If the session database is down, restore it; nobody can sign in until then.",
      "ロールアウト中で自動的に戻っていなければ `npx toban rollback bff` を実行する。Core サービスが失敗しているなら、その Runbook に移る。セッション DB が停止しているなら復旧する。それまで誰もサインインできない。",
    ),
    escalation,
  },
  "bff-overload": {
    title: text("BFF: overload", "BFF: 過負荷"),
    owner,
    triage: text(
      "Look at requests per second by tenant and route: one tenant or one route points to a client that repeats itself, all of them to real load. Then look at memory and restarts of the instances.",
      "毎秒の要求数をテナント別・ルート別に見る。一部に偏っていれば繰り返し呼ぶクライアント、全体なら実際の負荷である。続いてインスタンスのメモリと再起動回数を見る。",
    ),
    firstResponse: text(
      "If it began with a release, run `npx toban rollback bff`. If load is real, raise `instances` of the service in the definition. If memory only grows, the instance is replaced at its limit; keep its heap figures for the cause.",
      "リリース後に始まったなら `npx toban rollback bff` を実行する。実際の負荷なら定義の `instances` を増やす。メモリが増え続けるなら上限で入れ替わるので、原因調査のためヒープの値を残す。",
    ),
    escalation,
  },
  "bff-data-inconsistency": {
    title: text("BFF: sessions or lists do not fit together", "BFF: セッションや一覧の不整合"),
    owner,
    triage: text(
      "Ask which person saw what and when. Sign in as a person of the same tenant: wrong names or rights point to the session, old lists to the read models of the event worker.",
      "誰が・いつ・何を見たかを聞き取る。同じテナントの利用者で確認し、名前や権限が違えばセッション、一覧が古ければイベントワーカーの Read Model を疑う。",
    ),
    firstResponse: text(
      "Sessions: delete the rows of the people concerned from the session database, so that they sign in again. Lists: continue with “Event worker: inconsistent data”.",
      "セッションの場合は、該当者の行をセッション DB から削除し、再度サインインしてもらう。一覧の場合は「イベントワーカー: データ不整合」に移る。",
    ),
    escalation,
  },
  "core-dependency-failure": {
    title: text("Core Service: a dependency fails", "Core サービス: 依存先の障害"),
    owner,
    triage: text(
      "Read the service's own readiness answer and its newest errors: a refused connection points to the database, an exhausted pool to long transactions. Compare by release as well.",
      "サービスの準備状態の応答と最新のエラーを読む。接続拒否ならデータベース、プール枯渇なら長いトランザクションが原因である。版ごとの比較も行う。",
    ),
    firstResponse: text(
      "Database down: restore it; the service connects again by itself. Pool exhausted: end the transaction that blocks. Only the new release fails: `npx toban rollback core`.",
      "データベース停止なら復旧する。サービスは自動で再接続する。プール枯渇なら妨げているトランザクションを終わらせる。新しい版だけなら `npx toban rollback core` を実行する。",
    ),
    escalation,
  },
  "core-overload": {
    title: text("Core Service: overload", "Core サービス: 過負荷"),
    owner,
    triage: text(
      "Look at the slowest routes and at query latency. Search and long lists point to the read models, decisions to lock contention on one request.",
      "最も遅いルートとクエリのレイテンシを見る。検索や長い一覧なら Read Model、承認なら特定の稟議でのロック競合が疑わしい。",
    ),
    firstResponse: text(
      "If it began with a release, run `npx toban rollback core`. Otherwise raise `instances` of the service in the definition and watch the pool of the database.",
      "リリース後に始まったなら `npx toban rollback core` を実行する。そうでなければ定義の `instances` を増やし、データベースのプールを監視する。",
    ),
    escalation,
  },
  "core-data-inconsistency": {
    title: text("Core Service: the event store is inconsistent", "Core サービス: イベントストアの不整合"),
    owner,
    triage: text(
      "Find tenant, request and time from the report and read the request's history. A gap in the versions or an event that no command explains means that the store itself is damaged.",
      "報告からテナント・稟議・時刻を特定し、履歴を読む。版番号の欠番や、操作に対応しないイベントがあれば、ストア自体が壊れている。",
    ),
    firstResponse: text(
      "Write nothing by hand. Stop the services that write, keep a copy of the database, then restore to just before the damage and replay the events after it.",
      "手作業で書き換えない。書き込むサービスを止め、データベースの複製を残し、破損直前の時点に復元して、それ以降のイベントを再処理する。",
    ),
    escalation,
  },
  "worker-dependency-failure": {
    title: text("Event worker: a dependency fails", "イベントワーカー: 依存先の障害"),
    owner,
    triage: text(
      "Look at lag and retries: both rise when the database is away, only dead letters rise when single events cannot be processed.",
      "ラグと再試行回数を見る。両方が増えていればデータベースの障害、DLQ だけが増えていれば個別のイベントの処理失敗である。",
    ),
    firstResponse: text(
      "Restore the database; the worker goes on from its checkpoint and skips what it has already done. Nothing has to be repeated by hand.",
      "データベースを復旧する。ワーカーはチェックポイントから再開し、処理済みのものは飛ばす。手作業での再実行は要らない。",
    ),
    escalation,
  },
  "worker-overload": {
    title: text("Event worker: overload", "イベントワーカー: 過負荷"),
    owner,
    triage: text(
      "Compare events written with events processed per second. A lag that grows evenly is load; a lag that jumps comes from one slow or failing event.",
      "毎秒の書き込みイベント数と処理イベント数を比べる。ラグが一様に増えるなら負荷、急に増えるなら遅いイベントか失敗するイベントが原因である。",
    ),
    firstResponse: text(
      "If it began with a release, run `npx toban rollback worker`. Otherwise let it catch up: lists lag, but submitting and deciding keep working.",
      "リリース後に始まったなら `npx toban rollback worker` を実行する。そうでなければ追いつくのを待つ。一覧の反映は遅れるが、申請と承認は続けられる。",
    ),
    escalation,
  },
  "worker-data-inconsistency": {
    title: text("Event worker: inconsistent data", "イベントワーカー: データ不整合"),
    owner,
    triage: text(
      "Open a request that is shown wrongly: if its history is right and the list is wrong, only the read model is damaged. Determine tenant and time range.",
      "表示が誤っている稟議を開く。履歴が正しく一覧だけが誤っていれば、壊れているのは Read Model だけである。テナントと時間範囲を特定する。",
    ),
    firstResponse: text(
      "Determine the scope, pause the worker, set the checkpoint back, start it again, wait until the lag is gone, then compare the read model with the events. In this order.",
      "影響範囲の特定、ワーカーの一時停止、チェックポイントの巻き戻し、再起動、ラグ解消の確認、Read Model とイベントの照合を、この順に行う。",
    ),
    escalation,
  },
  "silent-service": {
    title: text("Nothing is heard from a service", "サービスからの記録が途絶えた"),
    owner,
    triage: text(
      "Run `npx toban status`: if the instances are healthy and the edge sees answers, only telemetry is broken; if they restart again and again, read their last exit.",
      "`npx toban status` を実行する。インスタンスが健全でエッジに応答が見えるなら、途絶えたのはテレメトリだけである。再起動を繰り返していれば、直前の終了理由を読む。",
    ),
    firstResponse: text(
      "Instances that do not become healthy since a release: `npx toban rollback SERVICE`. Telemetry broken: check the receiver of the control plane; services keep serving without it.",
      "リリース以降に健全にならないなら `npx toban rollback SERVICE` を実行する。テレメトリの障害なら制御プレーンの受信を確認する。その間もサービスは動き続ける。",
    ),
    escalation,
  },
  "client-errors": {
    title: text("Many requests are refused", "要求の拒否が多い"),
    owner,
    triage: text(
      "Split by status and route. Many 401 and 403 point to sessions or CSRF, 409 to approvers who decide at the same time, 400 to a page that does not fit the server.",
      "状態コードとルートに分けて見る。401・403 が多ければセッションか CSRF、409 なら承認の競合、400 なら画面とサーバーの不一致が疑わしい。",
    ),
    firstResponse: text(
      "If it began with a release, run `npx toban rollback bff`. If one address or one tenant causes nearly all of it, contact the tenant before limiting it.",
      "リリース後に始まったなら `npx toban rollback bff` を実行する。特定の接続元やテナントに偏っていれば、制限する前にそのテナントへ連絡する。",
    ),
    escalation,
  },
};
