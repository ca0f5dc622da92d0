// One chart in the page's own colours, with the same numbers as a table for those who do not see it.

import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";
import { useEffect, useRef } from "preact/hooks";
import { texts } from "./texts";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, Tooltip);

export interface Series {
  name: string;
  values: number[];
  colour: string;
}

interface Props {
  title: string;
  kind: "stacked" | "columns" | "rows";
  labels: string[];
  series: Series[];
  isWide?: boolean;
}

const DARK = matchMedia("(prefers-color-scheme: dark)");

export function Picture({ title, kind, labels, series, isWide }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isEmpty = series.every((one) => one.values.every((value) => value === 0));
  useEffect(() => {
    if (isEmpty || !canvas.current) return;
    let chart = draw(canvas.current, kind, labels, series);
    const redraw = () => {
      chart.destroy();
      chart = draw(canvas.current!, kind, labels, series);
    };
    DARK.addEventListener("change", redraw);
    return () => {
      DARK.removeEventListener("change", redraw);
      chart.destroy();
    };
  }, [kind, labels.join(), JSON.stringify(series)]);
  return (
    <section class={isWide ? "picture wide-picture" : "picture"}>
      <h2>{title}</h2>
      {isEmpty ? (
        <p class="empty">{texts.nothing}</p>
      ) : (
        <>
          <div class="canvas">
            <canvas ref={canvas} role="img" aria-label={title} />
          </div>
          <details>
            <summary>{texts.table}</summary>
            <Table title={title} labels={labels} series={series} />
          </details>
        </>
      )}
    </section>
  );
}

function Table({ title, labels, series }: { title: string; labels: string[]; series: Series[] }) {
  return (
    <table>
      <caption class="unseen">{title}</caption>
      <thead>
        <tr>
          <td />
          {series.map((one) => (
            <th scope="col" key={one.name}>
              {one.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {labels.map((label, row) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {series.map((one) => (
              <td key={one.name}>{one.values[row]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function draw(canvas: HTMLCanvasElement, kind: Props["kind"], labels: string[], series: Series[]): Chart {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const isRows = kind === "rows";
  const text = { color: colour("--soft") };
  const counts = { beginAtZero: true, stacked: kind === "stacked", ticks: { ...text, precision: 0 }, grid: { color: colour("--line") } };
  const names = { stacked: kind === "stacked", ticks: text, grid: { display: false } };
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: series.map((one) => ({ label: one.name, data: one.values, backgroundColor: resolved(one.colour), borderRadius: 3, maxBarThickness: 40 })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: isRows ? "y" : "x",
      scales: isRows ? { x: counts, y: names } : { x: names, y: counts },
      plugins: { legend: { display: series.length > 1, labels: { ...text, boxWidth: 14 } } },
    },
  });
}

/** A variable may point to another one; the canvas needs the colour itself. */
function resolved(name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
