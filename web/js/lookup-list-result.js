/** `/lookup/batch/<list>`, step 3: what was found, and what somebody has to pick. */
import { isAbort, latestOnly, postForm } from "./lib/api.js";
import { byId, el, fill, pageData, toast } from "./lib/dom.js";
import { number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { notice } from "./lib/notice.js";
import { downloadResult, pager } from "./lib/list-steps.js";
import { showProblem } from "./lib/sending.js";

const list = pageData("list");
const rows = byId("rows");
const problem = byId("problem");
const askRows = latestOnly();
let group = list.group;
let pageNumber = 1;

/** @param {unknown} error */
function say(error) {
	showProblem(problem, /** @type {Error} */ (error).message);
}

/** @param {number} page */
function turnTo(page) {
	pageNumber = page;
	showRows();
}

/** Show the rows of the group chosen. */
async function showRows() {
	for (const chip of document.querySelectorAll("[data-group]"))
		chip.setAttribute("aria-pressed", String(chip.getAttribute("data-group") === group));
	rows.setAttribute("aria-busy", "true");
	try {
		const answer = await askRows(`${list.rows_url}?group=${encodeURIComponent(group)}&page=${pageNumber}`);
		count(answer.groups);
		draw(answer);
	} catch (error) {
		if (isAbort(error)) return; // rows that were asked for since are on their way
		say(error);
	}
	rows.removeAttribute("aria-busy");
}

/**
 * Say how many rows there are of each group; what is picked leaves its group for another.
 * @param {Record<string, number>} groups
 */
function count(groups) {
	for (const chip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-group]"))) {
		const many = groups[chip.dataset.group || ""];
		if (many) chip.hidden = false;
		fill(/** @type {HTMLElement} */ (chip.querySelector("b")), number(many));
	}
}

/** @param {any} answer */
function draw(answer) {
	if (!answer.rows.length) {
		fill(rows, notice("good", t("There are no such rows.")));
		return;
	}
	fill(rows,
		el("div.table-box", null, el("table.data.compact", null,
			el("thead", null, el("tr", null, el("th.number", null, t("Row")), el("th", null, t("In the list")), el("th", null, t("Result")))),
			el("tbody", null, ...answer.rows.map(row)))),
		answer.pages > 1 ? pager(answer, turnTo) : null);
}

/** @param {any} each */
function row(each) {
	return el("tr", null,
		el("td.number", null, el("div", null, number(each.row)), each.many > 1 ? el("small", null, t("{count} rows", { count: number(each.many) })) : null),
		el("td.wrap", null, each.text || t("(empty)")),
		el("td.wrap", null,
			each.label ? el("div", null, each.label) : null,
			each.grid ? el("div", null, el("b", null, each.grid)) : null,
			el("small", null, [each.certainty, each.reason].filter(Boolean).join(" · ")),
			each.offered.length ? choices(each) : null));
}

/** @param {any} each */
function choices(each) {
	const select = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": t("What “{text}” means", { text: each.text }) },
		el("option", { value: "-1" }, each.is_picked ? t("— take it back —") : t("— pick what it means —")),
		...each.offered.map((/** @type {any} */ offer, /** @type {number} */ at) =>
			el("option", { value: String(at), disabled: !offer.is_usable }, [offer.label, offer.grid, offer.kind].filter(Boolean).join(" · ")))));
	select.addEventListener("change", async () => {
		const data = new FormData();
		data.append("text", each.text);
		data.append("choice", select.value);
		if (select.value !== "-1") data.append("label", each.offered[Number(select.value)].label);
		select.disabled = true;
		problem.hidden = true;
		try {
			const answer = await postForm(list.pick_url, data);
			if (answer.remembered) toast(t("Picked. A supervisor decides whether it is remembered for later."));
			await showRows();
		} catch (error) {
			select.disabled = false;
			say(error);
		}
	});
	return select;
}

for (const chip of document.querySelectorAll("[data-group]"))
	chip.addEventListener("click", () => {
		group = chip.getAttribute("data-group") || "";
		pageNumber = 1;
		showRows();
	});
byId("download").addEventListener("click", (event) => {
	event.preventDefault();
	downloadResult(list);
});
byId("discard").addEventListener("click", async () => {
	try {
		location.href = (await postForm(list.discard_url, new FormData())).url;
	} catch (error) {
		say(error);
	}
});
showRows();
