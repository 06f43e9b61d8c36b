const { send } = require("./sms");

async function notify(to, text) {
  for (;;) {
    const ok = await send(to, text).catch(() => false);
    if (ok) break;
    await new Promise((r) => setTimeout(r, 500));
  }
}
module.exports = { notify };
