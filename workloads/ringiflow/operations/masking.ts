// RingiFlow's masking policy, as an operating rule: what must never stand in logs, traces or metrics. Services log
// no body, no query and no header at all; what is left is masked before it leaves the process, and once more where
// it is stored. The proofs send one of each kind through every way that ends in an error; `#` is what is unique.
export const maskingPolicy = {
  version: "2026-11-24",
  secrets: {
    "an API key": "sk_live_#",
    "a password": "correct-horse-#",
    "a signed token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI#In0.c2lnbmF0dXJl",
    "a bearer token": "Bearer canary.#",
    "a connection string": "postgres://ringi:pw-#@db/ringiflow",
  },
  personal: {
    "an e-mail address": "taro.#@example.jp",
    "a phone number": "090#",
    "a person's name": "山田 太郎 #",
  },
};
