import { checks } from "../../check.ts";
import { cronJob } from "./examples.ts";

/** Work that runs by the clock: twice, late, or again after a failure. */
export const JOBS = checks({
  overlappingRuns: {
    code: "deployment/overlapping-runs",
    severity: "block",
    commitments: ["INV-OPS-004", "INV-OPS-002", "INV-020", "INV-022", "INV-033"],
    title: { en: "Runs of one job may overlap", ja: "同じジョブの実行が重なりうる" },
    why: {
      en: "When a run takes longer than its interval, the next one works on the same rows: things are sent, booked or loaded twice.",
      ja: "実行が間隔より長引くと次の実行が同じデータを処理し、送信・計上・取り込みが二重になる。",
    },
    reason: {
      en: "`{name}` runs at `{schedule}` and a run may start while another is still at work.",
      ja: "`{name}` は `{schedule}` に動き、前の実行が終わる前に次が始まりうる。",
    },
    remedy: {
      en: "Set concurrencyPolicy: Forbid (cron: flock -n), and make the work safe to repeat.",
      ja: "concurrencyPolicy: Forbid（cron では flock -n）を設定し、繰り返しても安全な処理にする。",
    },
    bad: cronJob({ schedule: "*/5 * * * *", spec: ["concurrencyPolicy: Allow"] }),
    good: cronJob({ schedule: "*/5 * * * *" }),
  },
  unboundedJob: {
    code: "deployment/unbounded-job",
    severity: "warn",
    commitments: ["INV-OPS-004", "INV-020", "INV-023"],
    title: { en: "Job without bounds", ja: "上限のないジョブ" },
    why: {
      en: "A run that hangs is never ended, and one that fails is tried again more often than anybody thought of.",
      ja: "固まった実行は終わらず、失敗した実行は想定より多く繰り返される。",
    },
    reason: { en: "The job `{name}` has no {what}.", ja: "ジョブ `{name}` に {what} がない。" },
    remedy: {
      en: "Set activeDeadlineSeconds and backoffLimit.",
      ja: "activeDeadlineSeconds と backoffLimit を設定する。",
    },
    bad: cronJob({ job: ["backoffLimit: 2"] }),
    good: cronJob(),
  },
  jobRestartsAlways: {
    code: "deployment/job-restarts-always",
    severity: "block",
    commitments: ["INV-OPS-004", "INV-020", "INV-033"],
    title: { en: "Job that is started again without end", ja: "際限なく再起動されるジョブ" },
    why: {
      en: "A job is finished when it ends; with restartPolicy Always the cluster refuses it or repeats it for ever.",
      ja: "ジョブは終われば完了である。restartPolicy が Always では拒否されるか、際限なく繰り返される。",
    },
    reason: { en: "The job `{name}` has {setting}.", ja: "ジョブ `{name}` は {setting} になっている。" },
    remedy: {
      en: "Set restartPolicy: Never (or OnFailure) and a small backoffLimit.",
      ja: "restartPolicy: Never（または OnFailure）と小さな backoffLimit を設定する。",
    },
    bad: cronJob({ restart: "Always" }),
    good: cronJob(),
  },
  deleteAndReload: {
    code: "deployment/delete-and-reload",
    severity: "block",
    commitments: ["INV-OPS-004", "INV-021", "INV-024", "INV-033"],
    title: { en: "Job that deletes everything first", ja: "先にすべてを消すジョブ" },
    why: {
      en: "When it fails in between, the data is gone; while it runs, users see nothing or half.",
      ja: "途中で失敗するとデータが失われ、実行中は利用者に何も見えないか、半分しか見えない。",
    },
    reason: {
      en: "`{name}` deletes whole stores of data ({what}).",
      ja: "`{name}` はデータを丸ごと削除する（{what}）。",
    },
    remedy: {
      en: "Upsert by key, or load beside and switch in one transaction; limit and confirm what is deleted.",
      ja: "キーで上書きするか、別の場所に読み込んで一つのトランザクションで切り替える。削除は範囲を絞り、確認する。",
    },
    bad: cronJob({ args: '["psql", "-c", "TRUNCATE prices; \\\\copy prices from /in/prices.csv"]' }),
    good: cronJob({ args: '["import-prices", "--upsert"]' }),
  },
  cronWithoutLock: {
    code: "deployment/cron-without-lock",
    severity: "warn",
    commitments: ["INV-OPS-004", "INV-022", "INV-033"],
    title: { en: "Cron entry without a lock", ja: "ロックのない cron の項目" },
    why: {
      en: "cron starts the next run whether or not the last one has ended.",
      ja: "cron は前の実行が終わったかどうかにかかわらず次を始める。",
    },
    reason: { en: "`{command}` takes no lock.", ja: "`{command}` はロックを取らない。" },
    remedy: {
      en: "Wrap it: flock -n /run/lock/name command.",
      ja: "flock -n /run/lock/name コマンド で包む。",
    },
    bad: { crontab: "0 3 * * * root /opt/app/report.sh >> /var/log/report.log 2>&1\n" },
    good: {
      crontab: "0 3 * * * root flock -n /run/lock/report /opt/app/report.sh >> /var/log/report.log 2>&1\n",
    },
  },
  cronOutputDiscarded: {
    code: "deployment/cron-output-discarded",
    severity: "warn",
    commitments: ["INV-OPS-005", "INV-025", "INV-028"],
    title: { en: "Output of a job thrown away", ja: "ジョブの出力を捨てている" },
    why: {
      en: "A job that fails every night looks the same as one that works.",
      ja: "毎晩失敗しているジョブも、動いているジョブと見分けがつかない。",
    },
    reason: { en: "`{command}` throws its output away.", ja: "`{command}` は出力を捨てている。" },
    remedy: {
      en: "Log it (logger, a file that is collected) and alert when the job was not done.",
      ja: "ログに残し（logger、収集されるファイル）、完了しなければ通知する。",
    },
    bad: { crontab: "0 3 * * * root flock -n /run/lock/report /opt/app/report.sh > /dev/null 2>&1\n" },
    good: {
      crontab: "0 3 * * * root flock -n /run/lock/report /opt/app/report.sh 2>&1 | logger -t report\n",
    },
  },
});
