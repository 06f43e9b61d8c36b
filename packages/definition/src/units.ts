// Builders of values. They never refuse: a wrong number is reported with its path by the checks, with all others.
import { deepFreeze } from "./freeze.ts";
import type {
  Choice,
  Count,
  Duration,
  Money,
  Rate,
  Ratio,
  Scalar,
  Size,
  Statement,
  Steps,
  Text,
  Thresholds,
} from "./model/values.ts";

export const text = (en: string, ja: string): Text => deepFreeze({ en, ja });

export const ms = (amount: number): Duration => deepFreeze({ kind: "duration", ms: amount });
export const seconds = (amount: number): Duration => ms(amount * 1000);
export const minutes = (amount: number): Duration => seconds(amount * 60);
export const hours = (amount: number): Duration => minutes(amount * 60);
export const days = (amount: number): Duration => hours(amount * 24);
export const weeks = (amount: number): Duration => days(amount * 7);
/** Years of 365 days: what retention counts, so a leap day never shortens it by more than one day in four years. */
export const years = (amount: number): Duration => days(amount * 365);

export const ratio = (share: number): Ratio => deepFreeze({ kind: "ratio", ratio: share });
/** percent(10) is a ratio of 0.1. Rounded to 12 digits, so that percent(0.1) is 0.001 and equal values are equal. */
export const percent = (amount: number): Ratio => ratio(Number((amount / 100).toPrecision(12)));
export const count = (amount: number): Count => deepFreeze({ kind: "count", count: amount });
export const yen = (amount: number): Money => deepFreeze({ kind: "money", amount, currency: "JPY" });
export const usd = (amount: number): Money => deepFreeze({ kind: "money", amount, currency: "USD" });
export const perSecond = (amount: number): Rate => deepFreeze({ kind: "rate", perSecond: amount });
export const perMinute = (amount: number): Rate => perSecond(amount / 60);
export const bytes = (amount: number): Size => deepFreeze({ kind: "size", bytes: amount });
export const kibibytes = (amount: number): Size => bytes(amount * 1024);
export const mebibytes = (amount: number): Size => kibibytes(amount * 1024);
export const gibibytes = (amount: number): Size => mebibytes(amount * 1024);

/** Traffic weights in percent: steps(10, 50, 100). */
export const steps = (...percents: number[]): Steps => deepFreeze({ kind: "steps", percents: [...percents] });
export const choice = <const T extends string>(word: T): Choice<T> =>
  deepFreeze({ kind: "choice", choice: word });
export const statement = (): Statement => deepFreeze({ kind: "statement" });
/** Two bounds of one kind; the warning comes first. */
export const thresholds = <V extends Scalar>(warning: V, critical: V): Thresholds<V> =>
  deepFreeze({ kind: "thresholds", warning, critical });
/** Thresholds of indicators of silence, whose value is 1 or more when nothing was received. */
export const absent = (): Thresholds<Count> => thresholds(count(1), count(1));
