import type { Text } from "../check.ts";
import type { Finding } from "../finding.ts";
import type { ChangedFile, DiffLine } from "./diff.ts";
import { INVARIANTS, type Invariant } from "./invariants.ts";

/** Where to look, and why there. */
export type Place = { path: string; line: number; endLine: number; because: Text };
export type Threat = { invariant: Invariant; places: Place[]; findings: Finding[] };

type Signal = {
  invariant: Invariant["id"];
  because: Text;
  /** Files that it concerns; all when it is missing. */
  path?: RegExp;
  /** Lines that it concerns: added ones, or removed ones for guards that go. Without it any change of the file. */
  added?: RegExp;
  removed?: RegExp;
};

const because = (en: string, ja: string): Text => ({ en, ja });
const CODE = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php)$/;
const DEPLOYMENT =
  /(^|\/)(Dockerfile[\w.-]*|docker-compose[\w.-]*\.ya?ml|compose[\w.-]*\.ya?ml|Procfile|appspec\.ya?ml|buildspec\.ya?ml|taskdef[\w.-]*\.json|task-definition[\w.-]*\.json)$|(^|\/)(k8s|kubernetes|helm|charts|manifests|deploy|infra|terraform)\/|\.tf$|(^|\/)\.github\/workflows\//;
const MIGRATION = /(^|\/)(migrations?|migrate|db\/schema|prisma)\/|\.sql$|schema\.prisma$/;
const JOB = /(^|\/)(jobs?|batch(es)?|cron|tasks?|schedulers?)\/|(job|batch|cron|task)\.[cm]?[jt]s$|crontab/i;

/** What in a change threatens which invariant. Deliberately wide: a brief asks, it does not judge. */
const SIGNALS: readonly Signal[] = [
  {
    invariant: "INV-OPS-001",
    path: CODE,
    added:
      /\b(writeFile|appendFile|createWriteStream|outputFile|better-sqlite3|lowdb|DatabaseSync|open\([^)]*["']w)/,
    because: because("it writes to the local disk", "ローカルディスクに書き込む"),
  },
  {
    invariant: "INV-OPS-001",
    path: CODE,
    added:
      /^(export )?(let|var) \w+|^(export )?const \w+(: [^=]{1,80})? = (new (Map|Set)\b|\[\]|\{\})|MemoryStore/,
    because: because("it adds state of the process", "プロセス内の状態を増やす"),
  },
  {
    invariant: "INV-OPS-001",
    path: CODE,
    removed: /SIGTERM|SIGINT|graceful|drain|\.close\(|timeout|signal:/i,
    because: because("it takes away a limit or a part of the stop", "時間制限か停止処理を取り除く"),
  },
  {
    invariant: "INV-OPS-001",
    path: CODE,
    added:
      /\bfetch\(|axios|http\.request|https\.request|while \(true\)|for \(;;\)|setInterval\(|uncaughtException|process\.env\b/,
    because: because(
      "it calls out, repeats, or reads the environment",
      "外部呼び出し・繰り返し・環境変数の読み取りを加える",
    ),
  },
  {
    invariant: "INV-OPS-001",
    path: DEPLOYMENT,
    because: because(
      "it changes how processes are started, probed or stopped",
      "プロセスの起動・監視・停止の設定を変える",
    ),
  },
  {
    invariant: "INV-OPS-002",
    path: CODE,
    added:
      /\.(post|put|patch|delete)\(|@(Post|Put|Patch|Delete)\(|\b(POST|PUT|PATCH|DELETE)\b\s*[(=]|\binsert\b|\.create\(|\.save\(|charge|refund|transfer|sendMail|publish\(/i,
    because: because("it changes data or has an effect outside", "データを変更するか、外部に作用する"),
  },
  {
    invariant: "INV-OPS-002",
    path: CODE,
    added:
      /eachMessage|eachBatch|\.consume\(|new Worker\(|ReceiveMessage|EventPattern|onMessage|handleMessage/,
    because: because("it consumes messages", "メッセージを受け取って処理する"),
  },
  {
    invariant: "INV-OPS-002",
    removed: /idempoten|on conflict|upsert|unique|dedup|processed_|already/i,
    because: because("it takes away what recognizes a repetition", "重複を見分ける仕組みを取り除く"),
  },
  {
    invariant: "INV-OPS-003",
    path: MIGRATION,
    because: because("it changes the schema", "スキーマを変更する"),
  },
  {
    invariant: "INV-OPS-003",
    added:
      /\b(alter|drop|rename|truncate)\s+(table|column|type|index|schema|constraint)\b|\.dropColumn\(|\.renameColumn\(|\.dropTable\(/i,
    because: because("it alters database objects", "データベースのオブジェクトを変える"),
  },
  {
    invariant: "INV-OPS-003",
    path: DEPLOYMENT,
    added:
      /strategy|rollback|canary|blue|weight|maxSurge|maxUnavailable|Recreate|circuit|deploymentController/i,
    because: because("it changes how releases roll out or back", "リリースの展開や切り戻しを変える"),
  },
  {
    invariant: "INV-OPS-003",
    path: DEPLOYMENT,
    removed: /strategy|rollback|canary|approval|environment:/i,
    because: because("it takes away a part of the rollout's safety", "段階的リリースの安全策を取り除く"),
  },
  { invariant: "INV-OPS-004", path: JOB, because: because("it changes a job", "ジョブを変更する") },
  {
    invariant: "INV-OPS-004",
    added: /deleteMany\(|delete from|truncate|cron\.schedule|@Cron|CronJob|scheduleJob|repeat:/i,
    because: because("it deletes in bulk or schedules work", "一括削除か定期実行を加える"),
  },
  {
    invariant: "INV-OPS-005",
    path: CODE,
    added: /console\.|\blog(ger)?\.|\.(info|warn|error|debug)\(/,
    because: because("it writes to the log", "ログを出力する"),
  },
  {
    invariant: "INV-OPS-005",
    path: CODE,
    removed: /console\.|\blog(ger)?\.|metric|counter|\.inc\(|histogram|span|audit/i,
    because: because("it takes away a log line or a metric", "ログかメトリクスを取り除く"),
  },
  {
    invariant: "INV-OPS-005",
    path: CODE,
    added: /catch\s*(\(\w*\))?\s*\{|\.catch\(/,
    because: because("it handles errors", "エラーの扱いを変える"),
  },
  {
    invariant: "INV-OPS-005",
    path: /(alert|monitor|dashboard|prometheus)[\w./-]*\.(ya?ml|json|ts)$|rules[\w-]*\.ya?ml$/i,
    because: because("it changes what is watched", "監視の内容を変える"),
  },
];

const TEST =
  /(^|\/)(tests?|__tests__|fixtures?|corpus)\/|\.(test|spec)\.[cm]?[jt]sx?$|\.(md|txt|png|svg|lock)$|package-lock\.json$/;

/**
 * Which invariants a change threatens, with the places to look at. `findings` are those of all families on the changed
 * files; of these only the ones on changed lines, or without a place of their own in the change, count. Sorted by
 * invariant; an invariant that nothing touches is not in the answer.
 */
export function threatsOf(files: readonly ChangedFile[], findings: readonly Finding[]): Threat[] {
  return INVARIANTS.flatMap((invariant) => {
    const places: Place[] = [];
    for (const file of files) {
      if (TEST.test(file.path)) continue;
      for (const signal of SIGNALS) {
        if (signal.invariant === invariant.id) places.push(...placesOf(file, signal));
      }
    }
    const own = findings.filter((finding) => concerns(finding, invariant.id) && isTouched(files, finding));
    if (places.length === 0 && own.length === 0) return [];
    return [{ invariant, places: merged(places), findings: own }];
  });
}

/** Rows INV-005 … INV-029 of the register, five for each invariant. */
function concerns(finding: Finding, id: Invariant["id"]): boolean {
  const number = Number(id.slice(-1));
  return finding.commitments.some((commitment) => {
    if (commitment === id) return true;
    const row = Number(/^INV-(\d{3})$/.exec(commitment)?.[1] ?? 0);
    return row >= number * 5 && row < number * 5 + 5;
  });
}

function placesOf(file: ChangedFile, signal: Signal): Place[] {
  if (signal.path && !signal.path.test(file.path)) return [];
  const at = (line: number, endLine: number): Place => ({
    path: file.path,
    line,
    endLine,
    because: signal.because,
  });
  if (!signal.added && !signal.removed) {
    if (file.hunks.length === 0) return [at(1, 1)];
    return file.hunks.map((hunk) => at(hunk.start, hunk.end));
  }
  return file.hunks.flatMap((hunk) => {
    const hit = (line: DiffLine) =>
      (line.kind === "added" && signal.added?.test(line.text.slice(0, 2000))) ||
      (line.kind === "removed" &&
        signal.removed?.test(line.text.slice(0, 2000)) &&
        !comesBack(hunk.lines, line, signal.removed));
    return hunk.lines.filter(hit).map((line) => at(line.line, line.line));
  });
}

/** A guard that was only moved or edited stands among the added lines of the same hunk. */
const comesBack = (lines: readonly DiffLine[], removed: DiffLine, pattern: RegExp): boolean => {
  const word = pattern.exec(removed.text)?.[0]?.toLowerCase() ?? "";
  return lines.some((line) => line.kind === "added" && line.text.toLowerCase().includes(word));
};

const isTouched = (files: readonly ChangedFile[], finding: Finding): boolean =>
  files.some((file) => {
    if (file.path !== finding.path) return false;
    const end = Math.max(finding.endLine ?? finding.line, finding.line);
    return file.hunks.some((hunk) => finding.line <= hunk.end && end >= hunk.start);
  });

/** Neighbouring lines with one reason are one place. */
function merged(places: readonly Place[]): Place[] {
  const sorted = [...places].sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  const result: Place[] = [];
  for (const place of sorted) {
    const last = result.findLast((one) => one.path === place.path && one.because.en === place.because.en);
    if (last && place.line <= last.endLine + 3) last.endLine = Math.max(last.endLine, place.endLine);
    else result.push({ ...place });
  }
  return result;
}
