import type { FastifyInstance } from "fastify";

export function hooks(app: FastifyInstance) {
  app.log.warn({ applicant: { birthDate: app.applicant.birthDate, postalAddress: app.applicant.postalAddress } }, "incomplete");
}
