import { expect, test } from "vitest";
import { createLineFilter, createMasker, MASK } from "./index.ts";

function through(chunks: (string | Buffer)[]): Buffer {
  const filter = createLineFilter(createMasker());
  const out = chunks.map((chunk) => filter.push(Buffer.from(chunk as string)));
  return Buffer.concat([...out, filter.end()]);
}
const text = (...chunks: (string | Buffer)[]) => through(chunks).toString("utf8");

test("line ends stay as they were, and a last line without one has none", () => {
  expect(text("a\r\n\r\n  \n090-1234-5678\r\nmail taro@example.com")).toBe(
    "a\r\n\r\n  \n090-****-5678\r\nmail t***@example.com",
  );
  expect(text("")).toBe("");
  expect(text("\n")).toBe("\n");
});

test("a secret that is cut by chunks, even inside of a character, is found", () => {
  const bytes = Buffer.from("氏名: 田中 太郎\npassword=hunter2\n");
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  expect(text(...chunks)).toBe(`氏名: 田中 *\npassword=${MASK}\n`);
});

test("a private key over several lines is found whole, and what follows is left", () => {
  const key =
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEabcd\nEFGH==\n-----END RSA PRIVATE KEY-----";
  expect(text(`before\n${key} tail\nafter\n`)).toBe(`before\n${`${MASK}\n`.repeat(5)}${MASK} tail\nafter\n`);
  expect(text("svc | -----BEGIN PRIVATE KEY-----\nsvc | MIIEabcd\nall is well: 12 items.\n")).toBe(
    `svc | ${MASK}\n${MASK}\nall is well: 12 items.\n`,
  );
});

test("bytes that are no UTF-8 come out as they were, and the rest of their line is masked", () => {
  const line = Buffer.concat([
    Buffer.from([0xff, 0xfe, 0xe7]),
    Buffer.from(" 山田 太郎 taro@example.com "),
    Buffer.from([0x80]),
  ]);
  expect(through([line])).toEqual(
    Buffer.concat([
      Buffer.from([0xff, 0xfe, 0xe7]),
      Buffer.from(" 山田 * t***@example.com "),
      Buffer.from([0x80]),
    ]),
  );
});

test("a line of three megabytes is masked in parts that cut no word", () => {
  const word = "tel 090-1234-5678 of taro@example.com, ";
  const long = word.repeat(Math.ceil((3 * 1024 * 1024) / word.length));
  expect(text(`${long}\nnext\n`)).toBe(
    `${long.replaceAll("090-1234-5678", "090-****-5678").replaceAll("taro@", "t***@")}\nnext\n`,
  );
  const key = `key=-----BEGIN PRIVATE KEY-----\\n${"A".repeat(2 * 1024 * 1024)}\\n-----END PRIVATE KEY-----"`;
  expect(text(`${key}\nnext\n`)).not.toContain("AAAA");
});
