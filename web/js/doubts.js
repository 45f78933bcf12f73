/** `/addresses/doubtful`: wait until the addresses are looked up, then list them. */
import { t } from "./lib/i18n.js";
import { showWhenMade } from "./lib/making.js";

showWhenMade(t("Looking up the addresses…"));
