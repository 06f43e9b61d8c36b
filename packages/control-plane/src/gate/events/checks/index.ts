import { checks } from "../../check.ts";
import { INPUT_CHECKS } from "./inputs.ts";
import { MESSAGE_CHECKS } from "./messages.ts";
import { PROPERTY_CHECKS } from "./properties.ts";
import { VALUE_CHECKS } from "./values.ts";

export const EVENTS_CHECKS = checks({
  ...PROPERTY_CHECKS,
  ...VALUE_CHECKS,
  ...MESSAGE_CHECKS,
  ...INPUT_CHECKS,
});
