// The agents' page.

import { render } from "preact";
import { App } from "./app";
import { Desk } from "./desk";

const desk = new Desk();
render(<App desk={desk} />, document.getElementById("root")!);
void desk.start();
