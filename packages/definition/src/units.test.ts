import { describe, expect, it } from "vitest";
import { amountOf } from "./format.ts";
import type { Value } from "./model.ts";
import * as units from "./units.ts";

const { days, hours, minutes, ms, percent, seconds, steps, thresholds } = units;

describe("units", () => {
  it.each<[Value, Value]>([
    [seconds(1), ms(1000)],
    [minutes(1), seconds(60)],
    [hours(1), minutes(60)],
    [days(1), hours(24)],
    [units.weeks(1), days(7)],
    [units.years(1), days(365)],
    [percent(10), units.ratio(0.1)],
    [percent(0.1), units.ratio(0.001)],
    [percent(0.7), units.ratio(0.007)],
    [units.perMinute(60), units.perSecond(1)],
    [units.gibibytes(1), units.mebibytes(1024)],
    [units.mebibytes(1), units.kibibytes(1024)],
    [units.kibibytes(1), units.bytes(1024)],
  ])("%o is %o", (a, b) => {
    expect(a).toEqual(b);
  });

  it.each<[Value, string]>([
    [minutes(30), "30 min"],
    [minutes(90), "90 min"],
    [seconds(1.5), "1500 ms"],
    [seconds(0), "0 ms"],
    [percent(0.1), "0.1 %"],
    [percent(99.95), "99.95 %"],
    [units.yen(1000), "¥1000"],
    [units.usd(0.5), "$0.5"],
    [units.perSecond(50), "50 /s"],
    [units.perMinute(30), "30 /min"],
    [units.mebibytes(384), "384 MiB"],
    [units.bytes(1000), "1000 B"],
    [steps(10, 50, 100), "10 → 50 → 100 %"],
    [units.choice("manual"), "manual"],
    [units.statement(), ""],
    [thresholds(ms(150), ms(300)), "150 ms / 300 ms"],
  ])("%o reads as %s", (value, reading) => {
    expect(amountOf(value)).toBe(reading);
  });

  it("gives values that cannot be changed, nor through what they were made from", () => {
    const percents = [10, 100];
    const value = steps(...percents);
    percents[0] = 99;
    expect(value.percents).toEqual([10, 100]);
    expect(() => Object.assign(minutes(1), { ms: 5 })).toThrow(TypeError);
    expect(() => value.percents.push(5)).toThrow(TypeError);
    expect(() => Object.assign(thresholds(ms(1), ms(2)).warning, { ms: 5 })).toThrow(TypeError);
  });
});
