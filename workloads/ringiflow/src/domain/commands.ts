import { z } from "zod";
import { CATEGORIES } from "./model.ts";

/** Largest amount that a request may carry: one trillion yen less one. */
export const MAX_AMOUNT_YEN = 999_999_999_999;

/** Neither NUL nor half a surrogate pair: PostgreSQL stores neither, and nobody types them. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

const text = (max: number, min = 0) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine((value) => !UNSTORABLE.test(value));

const attachment = z.strictObject({
  name: text(255, 1),
  /** Bytes. */
  size: z.int().min(0).max(1_073_741_824),
  type: z
    .string()
    .max(127)
    .regex(/^[\w.+-]+\/[\w.+-]+$/),
});

const contents = {
  title: text(200, 1),
  body: text(10_000),
  category: z.enum(CATEGORIES),
  amountYen: z.int().min(0).max(MAX_AMOUNT_YEN),
  attachments: z.array(attachment).max(20).default([]),
};

export const submitBody = z.strictObject(contents);

const comment = text(2_000).optional();
const expectedVersion = z.int().min(1).max(1_000_000);

export const commandBody = z.strictObject({ expectedVersion, comment });

export const resubmitBody = z.strictObject({
  expectedVersion,
  comment,
  title: contents.title.optional(),
  body: contents.body.optional(),
  category: contents.category.optional(),
  amountYen: contents.amountYen.optional(),
  attachments: z.array(attachment).max(20).optional(),
});

export const listQuery = z.strictObject({
  view: z.enum(["mine", "to-decide", "all"]).default("all"),
  q: text(200).default(""),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export type ListQuery = z.infer<typeof listQuery>;

export const COMMANDS = ["approve", "reject", "return", "withdraw", "comment", "resubmit"] as const;
export type CommandName = (typeof COMMANDS)[number];

export function isCommand(name: string): name is CommandName {
  return (COMMANDS as readonly string[]).includes(name);
}

export const requestId = z.uuid();
export const idempotencyKey = z.string().regex(/^[\w.:-]{8,128}$/);

/** Names of the fields that are wrong, never their values. */
export function wrongFields(error: z.ZodError): string[] {
  return [...new Set(error.issues.flatMap((issue) => fieldsOf(issue)))];
}

function fieldsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => key.slice(0, 60));
  return issue.path.length > 0 ? [issue.path.join(".")] : [];
}
