/** `/check/…/report`: the page one prints. */
import { byId } from "./lib/dom.js";

byId("print").addEventListener("click", () => window.print());
