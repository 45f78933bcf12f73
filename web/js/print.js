/** `/print`: wait for a sheet that is being made, then show it. */
import { t } from "./lib/i18n.js";
import { showWhenMade } from "./lib/making.js";

showWhenMade(t("Drawing the sheet…"));
