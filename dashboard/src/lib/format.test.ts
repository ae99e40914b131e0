import { describe, expect, it } from "vitest";
import { clock, duration, moment, money, percent, tone } from "./format";

describe("what people read", () => {
  it("gives percentages a sign, a true minus, and nothing at zero", () => {
    expect(percent(1.234)).toBe("+1.23 %");
    expect(percent(-1.2)).toBe("−1.20 %");
    expect(percent(-0.0001)).toBe("0.00 %");
  });
  it("shows a dash for what is not there or no number", () => {
    for (const nothing of [null, undefined, Number.NaN]) {
      expect(percent(nothing)).toBe("–");
      expect(money(nothing)).toBe("–");
      expect(tone(nothing)).toBe("");
    }
    expect(moment("no date", true)).toBe("–");
  });
  it("writes durations in the two largest units", () => {
    expect([41, 180, 7500, 356_400].map(duration)).toEqual(["41 s", "3 min", "2 h 05 min", "4 d 3 h"]);
    expect(clock(18_729)).toBe("05:12:09");
    expect(clock(-3)).toBe("00:00:00");
  });
  it("writes moments in UTC from text and from epoch seconds", () => {
    expect(moment("2026-11-24T13:15:25.231Z", true)).toBe("2026-11-24 13:15");
    expect(moment(1_795_435_220, true)).toBe("2026-11-23 12:00");
  });
});
