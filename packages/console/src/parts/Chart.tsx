import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { gapsOf, loneSamples, type Metric } from "../view/series.ts";

type Props = {
  metric: Metric;
  times: number[];
  values: (number | null)[];
  /** The time axis that all charts of the page share, epoch seconds. */
  range: { from: number; to: number };
  /** The axis reaches at least this high, so that noise near zero stays small. */
  atLeast: number;
  label: string;
  onHover(at: number | null): void;
};

/** A small line: gaps where nothing was measured, one crosshair through all of the page's charts. */
export function Chart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = box.current!;
    const { metric } = latest.current;
    const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
    // A flat line of no errors needs no alarming colour.
    const line = () =>
      metric === "errorRatio" && latest.current.values.every((value) => !value) ? "none" : metric;
    const height = 44;
    const chart = new uPlot(
      {
        width: Math.max(40, element.clientWidth),
        height,
        padding: [4, 3, 2, 3],
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        cursor: {
          y: false,
          points: { size: 6 },
          drag: { x: false, y: false },
          sync: { key: "toban" },
        },
        scales: {
          x: { time: true, range: () => [latest.current.range.from, latest.current.range.to] },
          y: { range: (_u, _min, max) => [0, Math.max(latest.current.atLeast, (max ?? 0) * 1.1)] },
        },
        series: [
          {},
          {
            stroke: () => colour(`--chart-${line()}`),
            fill: () => colour(`--chart-${line()}-fill`),
            width: 1.5,
            spanGaps: false,
            points: {
              show: true,
              size: 4,
              filter: () => loneSamples(latest.current.values),
            },
          },
        ],
        hooks: {
          drawClear: [
            (u) => {
              const { ctx, bbox } = u;
              ctx.save();
              ctx.fillStyle = colour("--chart-gap");
              for (const [from, to] of gapsOf(latest.current.times, latest.current.values)) {
                const left = u.valToPos(from, "x", true);
                ctx.fillRect(left, bbox.top, Math.max(1, u.valToPos(to, "x", true) - left), bbox.height);
              }
              ctx.restore();
            },
          ],
        },
      },
      [latest.current.times, latest.current.values],
      element,
    );
    plot.current = chart;
    const over = chart.over;
    over.addEventListener("pointermove", (event) =>
      latest.current.onHover(chart.posToVal(event.offsetX, "x")),
    );
    over.addEventListener("pointerleave", () => latest.current.onHover(null));
    const resized = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(40, element.clientWidth), height }),
    );
    resized.observe(element);
    const recoloured = new MutationObserver(() => chart.redraw(false));
    recoloured.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => {
      resized.disconnect();
      recoloured.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    plot.current?.setData([props.times, props.values]);
  }, [props.times, props.values]);

  return <div ref={box} className="chart" role="img" aria-label={props.label} />;
}
