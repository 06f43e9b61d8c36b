import { checks } from "../../check.ts";
import { compose, deployment, dockerfile } from "./examples.ts";

const SERVICE =
  "---\napiVersion: v1\nkind: Service\nmetadata: { name: api }\nspec:\n  selector: { app: api }\n  ports: [{ port: 80, targetPort: 8080 }]\n";

/** Whether a process hears that it should stop, and has the time for it. */
export const STOPPING = checks({
  shellForm: {
    code: "deployment/shell-form-command",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005"],
    title: {
      en: "A shell stands between the signal and the process",
      ja: "シェルがプロセスへのシグナルを遮る",
    },
    why: {
      en: "The shell becomes process 1 and does not pass SIGTERM on: every deployment waits out the grace period and then kills requests in flight.",
      ja: "シェルが PID 1 となり SIGTERM を渡さない。デプロイのたびに猶予時間を使い切り、処理中のリクエストごと強制終了される。",
    },
    reason: {
      en: "`{command}` runs under a shell that does not pass SIGTERM on.",
      ja: "`{command}` は SIGTERM を渡さないシェルの下で動く。",
    },
    remedy: {
      en: 'Use the JSON form, CMD ["node", "server.js"], or let the script end with exec.',
      ja: 'JSON 形式（CMD ["node", "server.js"]）で書くか、スクリプトの最後を exec にする。',
    },
    bad: dockerfile([], "CMD node server.js"),
    good: dockerfile(),
  },
  packageManagerFirst: {
    code: "deployment/package-manager-as-process-1",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "Package manager as process 1", ja: "パッケージマネージャーが PID 1" },
    why: {
      en: "npm, yarn and pnpm start the program through a shell of their own and do not reliably pass SIGTERM on, so it never stops gracefully.",
      ja: "npm・yarn・pnpm は独自のシェルを通して起動し、SIGTERM を確実には渡さないため、プログラムは正常に停止できない。",
    },
    reason: {
      en: "`{command}` makes the package manager process 1.",
      ja: "`{command}` ではパッケージマネージャーが PID 1 になる。",
    },
    remedy: {
      en: 'Start the program itself: ["node", "dist/server.js"].',
      ja: 'プログラム自体を起動する（["node", "dist/server.js"]）。',
    },
    bad: dockerfile([], 'CMD ["npm", "start"]'),
    good: dockerfile(),
  },
  killSignal: {
    code: "deployment/kill-signal",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "Stopped by SIGKILL", ja: "SIGKILL で停止する" },
    why: {
      en: "SIGKILL cannot be caught: requests and writes in flight are lost.",
      ja: "SIGKILL は捕捉できず、処理中のリクエストや書き込みが失われる。",
    },
    reason: {
      en: "`{where}` stops the process with SIGKILL.",
      ja: "`{where}` がプロセスを SIGKILL で停止する。",
    },
    remedy: { en: "Leave it at SIGTERM, and handle it.", ja: "SIGTERM のままとし、それを処理する。" },
    bad: dockerfile(["STOPSIGNAL SIGKILL"]),
    good: dockerfile(["STOPSIGNAL SIGTERM"]),
  },
  noGracePeriod: {
    code: "deployment/no-grace-period",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "No time to stop gracefully", ja: "正常に停止する時間がない" },
    why: {
      en: "With (almost) no time between SIGTERM and SIGKILL each deployment cuts requests in flight and half-done work.",
      ja: "SIGTERM と SIGKILL の間に時間がないと、デプロイのたびに処理中のリクエストと途中の作業が断ち切られる。",
    },
    reason: {
      en: "`{where}` leaves {seconds} s between SIGTERM and SIGKILL.",
      ja: "`{where}` では SIGTERM から SIGKILL まで {seconds} 秒しかない。",
    },
    remedy: {
      en: "Leave at least as long as the slowest request takes; 30 s is the usual value.",
      ja: "最も遅いリクエストが終わる時間以上（通常は 30 秒）を取る。",
    },
    bad: deployment({ pod: ["terminationGracePeriodSeconds: 0"] }),
    good: deployment({ pod: ["terminationGracePeriodSeconds: 45"] }),
  },
  preStopTooLong: {
    code: "deployment/pre-stop-eats-grace-period",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "preStop uses up the grace period", ja: "preStop が猶予時間を使い切る" },
    why: {
      en: "The grace period counts from the start of preStop: when that sleeps as long, SIGTERM and SIGKILL come together.",
      ja: "猶予時間は preStop の開始から数える。同じ長さだけ待つと、SIGTERM と SIGKILL がほぼ同時に届く。",
    },
    reason: {
      en: "preStop sleeps {sleep} s of a grace period of {grace} s.",
      ja: "preStop が {grace} 秒の猶予時間のうち {sleep} 秒を待つ。",
    },
    remedy: {
      en: "Raise terminationGracePeriodSeconds above preStop plus the time to drain.",
      ja: "terminationGracePeriodSeconds を、preStop と処理の完了に要する時間の合計より長くする。",
    },
    bad: deployment({ container: ['lifecycle: { preStop: { exec: { command: ["sleep", "30"] } } }'] }),
    good: deployment({
      pod: ["terminationGracePeriodSeconds: 60"],
      container: ['lifecycle: { preStop: { exec: { command: ["sleep", "10"] } } }'],
    }),
  },
  noPreStop: {
    code: "deployment/no-pre-stop",
    severity: "info",
    commitments: ["INV-OPS-001"],
    title: { en: "No pause before the stop", ja: "停止前の待ち時間がない" },
    why: {
      en: "SIGTERM and the removal from the Service race: without a short preStop some requests reach a pod that already refuses them.",
      ja: "SIGTERM と Service からの除外は同時に進む。短い preStop がないと、受付を終えた Pod に届くリクエストがある。",
    },
    reason: {
      en: "`{name}` serves a Service and has no preStop.",
      ja: "`{name}` は Service の背後にあり、preStop がない。",
    },
    remedy: {
      en: "Add a preStop of a few seconds, or keep serving for as long after SIGTERM.",
      ja: "数秒の preStop を加えるか、SIGTERM の後も同じ時間だけ応答を続ける。",
    },
    bad: deployment() + SERVICE,
    good:
      deployment({ container: ['lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } }'] }) + SERVICE,
  },
  shortGracePeriod: {
    code: "deployment/short-grace-period",
    severity: "warn",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "Little time to stop gracefully", ja: "正常に停止する時間が短い" },
    why: {
      en: "Requests that last longer are cut at each deployment.",
      ja: "それより長いリクエストはデプロイのたびに断ち切られる。",
    },
    reason: { en: "`{where}` leaves only {seconds} s.", ja: "`{where}` では {seconds} 秒しかない。" },
    remedy: {
      en: "Leave as long as the slowest request takes.",
      ja: "最も遅いリクエストが終わるだけの時間を取る。",
    },
    bad: compose(["stop_grace_period: 5s"]),
    good: compose(["stop_grace_period: 30s"]),
  },
});
