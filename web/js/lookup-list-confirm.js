/** `/lookup/batch/<list>`, step 2: which columns make up the address. */
import { byId, pageData } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { confirmColumns } from "./lib/list-steps.js";

const page = pageData("list");

/** Show what the columns chosen make of the first rows. */
function showExample() {
	const chosen = Array.from(document.querySelectorAll("[name=column]"))
		.map((box, at) => (/** @type {HTMLInputElement} */ (box).checked ? at : -1)).filter((at) => at >= 0);
	const texts = page.first_rows.map((/** @type {string[]} */ row) => chosen.map((at) => row[at]).join(" ")).filter((/** @type {string} */ text) => text.trim());
	byId("example").textContent = texts.length ? t("For example: {samples}", { samples: texts.slice(0, 3).join(t(", ")) })
		: t("Choose the column that holds the address.");
}

confirmColumns(page, { reading: t("Reading the list…"), searching: t("Looking up the addresses…") }, page.search_url, showExample);
