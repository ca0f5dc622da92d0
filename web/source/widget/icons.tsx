// Drawn here, so that nothing is fetched. All are decoration; what they mean stands in text beside.

import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const draw = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const Down = draw("M6 9.5l6 6 6-6");
export const More = draw("M12 5.5v.01M12 12v.01M12 18.5v.01");
export const Send = draw("M12 19V5M6 11l6-6 6 6");
export const Check = draw("M5 12.5l4.5 4.5L19 7.5");
export const Cross = draw("M6.5 6.5l11 11M17.5 6.5l-11 11");
export const Clock = draw("M12 7v5l3 2M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17");
export const Alert = draw("M12 8v5M12 16.5v.01M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17");
export const Outward = draw("M9 6h9v9M18 6L7 17");
export const Person = draw("M12 12a4 4 0 1 0 0-8a4 4 0 1 0 0 8M4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5");
export const Card = draw("M3.5 7.5a2 2 0 0 1 2-2h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2zM3.5 10h17M7 15h3");
export const Bell = draw("M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10.5 20.5h3");
export const Save = draw("M12 4.5v10M8 11l4 4 4-4M5 19.5h14");
export const Leave = draw("M14 5H6.5v14H14M10.5 12H20M17 9l3 3-3 3");
