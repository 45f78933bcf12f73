/** `/lookup/batch`, step 1: choose a list of addresses, or paste some. */
import { byId } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { sendList } from "./lib/list-upload.js";
import { showProblem } from "./lib/sending.js";

const pasted = /** @type {HTMLTextAreaElement} */ (byId("pasted"));

/**
 * Return pasted lines as a table: cells of a spreadsheet as they are, addresses below a header.
 * @param {string} text
 */
function asTable(text) {
	const lines = text.split(/\r?\n/).filter((line) => line.trim());
	if (lines.some((line) => line.includes("\t"))) return lines.join("\r\n");
	return [t("Address"), ...lines].map((line) => `"${line.trim().replace(/"/g, '""')}"`).join("\r\n");
}

byId("paste").addEventListener("submit", (event) => {
	event.preventDefault();
	if (!pasted.value.trim()) {
		showProblem(byId("problem"), t("Paste at least one address."));
		return;
	}
	// the mark tells Excel that the file to download is UTF-8
	const name = t("Pasted addresses");
	sendList(new File([`\ufeff${asTable(pasted.value)}\r\n`], `${name}.csv`, { type: "text/csv" }));
});
