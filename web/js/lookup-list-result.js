/** `/lookup/batch/<list>`, step 3: what was found, and what somebody has to pick. */
import { getJSON, postForm } from "./lib/api.js";
import { byId, el, fill, icon, pageData } from "./lib/dom.js";
import { number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { showProblem, showProgress } from "./lib/sending.js";

const list = pageData("list");
const rows = byId("rows");
const problem = byId("problem");
const progress = byId("progress");
let group = list.group;
let pageNumber = 1;

/** @param {unknown} error */
function say(error) {
	showProblem(problem, /** @type {Error} */ (error).message);
}

/** Show the rows of the group chosen. */
async function showRows() {
	for (const chip of document.querySelectorAll("[data-group]"))
		chip.setAttribute("aria-pressed", String(chip.getAttribute("data-group") === group));
	rows.setAttribute("aria-busy", "true");
	try {
		draw(await getJSON(`${list.rows_url}?group=${encodeURIComponent(group)}&page=${pageNumber}`));
	} catch (error) {
		say(error);
	} finally {
		rows.removeAttribute("aria-busy");
	}
}

/** @param {any} answer */
function draw(answer) {
	if (!answer.rows.length) {
		fill(rows, el("p.notice.good", null, icon("circle-check"), el("span", null, t("There are no such rows."))));
		return;
	}
	fill(rows,
		el("div.table-box", null, el("table.data.compact", null,
			el("thead", null, el("tr", null, el("th.number", null, t("Row")), el("th", null, t("In the list")), el("th", null, t("Result")))),
			el("tbody", null, ...answer.rows.map(row)))),
		answer.pages > 1 ? pager(answer) : null);
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
		select.disabled = true;
		problem.hidden = true;
		try {
			await postForm(list.pick_url, data);
			await showRows();
		} catch (error) {
			select.disabled = false;
			say(error);
		}
	});
	return select;
}

/** @param {any} answer */
function pager(answer) {
	const turn = (/** @type {number} */ step) => () => {
		pageNumber = answer.page + step;
		showRows();
	};
	return el("div.row.pager", null,
		el("button.button.small", { type: "button", disabled: answer.page <= 1, onclick: turn(-1) }, t("Back")),
		el("span", null, t("Page {page} of {pages}", { page: number(answer.page), pages: number(answer.pages) })),
		el("button.button.small", { type: "button", disabled: answer.page >= answer.pages, onclick: turn(1) }, t("Next")));
}

let isMaking = false;

/** Let the server make the file, and fetch it; a second click waits for the first. */
async function download() {
	if (isMaking) return;
	isMaking = true;
	problem.hidden = true;
	try {
		for (;;) {
			const made = await postForm(list.prepare_url, new FormData());
			if (made.error) throw new Error(made.error);
			if (made.ready) break;
			showProgress(progress, t("Making the file…"), made.share);
		}
		location.href = list.download_url;
	} catch (error) {
		say(error);
	}
	progress.hidden = true;
	isMaking = false;
}

for (const chip of document.querySelectorAll("[data-group]"))
	chip.addEventListener("click", () => {
		group = chip.getAttribute("data-group") || "";
		pageNumber = 1;
		showRows();
	});
byId("download").addEventListener("click", (event) => {
	event.preventDefault();
	download();
});
byId("discard").addEventListener("click", async () => {
	try {
		location.href = (await postForm(list.discard_url, new FormData())).url;
	} catch (error) {
		say(error);
	}
});
showRows();
