import { readFileSync } from "node:fs";
import Handlebars from "handlebars";

const templateCache = new Map<string, Handlebars.TemplateDelegate>();
export function render(name: "approved" | "rejected", data: object) {
  let template = templateCache.get(name);
  if (!template) {
    if (templateCache.size >= 16) templateCache.clear();
    template = Handlebars.compile(readFileSync(`templates/${name}.hbs`, "utf8"));
    templateCache.set(name, template);
  }
  return template(data);
}
