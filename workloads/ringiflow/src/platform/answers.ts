import { refuse, type ServiceError } from "@toban/service-kit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { wrongFields } from "../domain/commands.ts";
import type { Refusal, Text } from "../domain/model.ts";
import { invalidInput, unavailable } from "../domain/refusals.ts";
import { DatabaseUnavailable } from "./database.ts";

const STATUS_CODES: Record<Refusal["kind"], number> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unprocessable: 422,
  unavailable: 503,
};

/** Thrown where a command or a question is refused; rolls back the transaction it crosses. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.name = "Refused";
    this.refusal = refusal;
  }
}

/** Japanese unless the reader prefers English. */
export function languageOf(acceptLanguage: string | undefined): keyof Text {
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const quality = parameters.map((p) => /^\s*q=([\d.]+)$/.exec(p)?.[1]).find(Boolean);
      return { tag: tag.split("-")[0], quality: Number(quality ?? 1) };
    })
    .filter(({ tag, quality }) => (tag === "ja" || tag === "en") && quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted[0]?.tag === "en" ? "en" : "ja";
}

/** The refusal as an error of the service kit, in the reader's language. */
export function asServiceError(refusal: Refusal, request: FastifyRequest, cause?: unknown): ServiceError {
  const language = languageOf(request.headers["accept-language"]);
  return refuse(
    STATUS_CODES[refusal.kind],
    refusal.code,
    refusal.reason[language],
    refusal.remedy[language],
    cause,
  );
}

/** Gives what RingiFlow throws its status and words; everything else goes on to the service kit. */
export function translateErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refused) throw asServiceError(error.refusal, request);
    if (error instanceof DatabaseUnavailable) {
      reply.header("retry-after", "1");
      throw asServiceError(unavailable().refusal, request, error);
    }
    throw error;
  });
}

/** The parsed value, or a refusal that names the wrong fields and repeats no value. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw new Refused(invalidInput(wrongFields(result.error)).refusal);
  return result.data;
}
