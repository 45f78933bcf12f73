/** `/cases/<list>`, step 2: which column is what, and which datum the coordinates are in. */
import { postForm } from "./lib/api.js";
import { byId, el, fill, pageData } from "./lib/dom.js";
import { number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

const page = pageData("list");
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("confirm"));
const progress = byId("progress");
const problem = byId("problem");
const WORDS = /** @type {Record<string, string>} */ ({
	reading: t("Reading the list…"),
	locating: t("Putting the rows into grids…"),
});

/** @param {boolean} on */
function lock(on) {
	if (on) problem.hidden = true;
	else progress.hidden = true;
	if (!form) return;
	form.classList.toggle("locked", on);
	for (const node of form.elements) /** @type {HTMLInputElement} */ (node).disabled = on;
	if (!on) show();
}

/**
 * Follow the work in the background, then go where it leads.
 * @param {any} first
 */
async function follow(first) {
	let list = first;
	if (list.stage in WORDS) {
		showProgress(progress, WORDS[list.stage], list.share);
		list = await pollUntil(page.state_url, (answer) => {
			if (answer.stage in WORDS) showProgress(progress, WORDS[answer.stage], answer.share);
			return !(answer.stage in WORDS);
		});
	}
	if (list.error) throw new Error(list.error);
	if (location.pathname + location.search === list.url) location.reload();
	else location.href = list.url;
}

/** @param {() => Promise<any>} ask */
async function go(ask) {
	lock(true);
	try {
		await follow(await ask());
	} catch (error) {
		lock(false);
		showProblem(problem, /** @type {Error} */ (error).message);
	}
}

/**
 * @param {string} field
 * @returns {HTMLSelectElement}
 */
function column(field) {
	return /** @type {HTMLSelectElement} */ (document.querySelector(`[name="field-${field}"]`));
}

const MEANINGS = /** @type {Record<string, string>} */ ({
	closed: t("Closed"),
	open: t("Open"),
	"": t("unknown word: closed if the row has a closing time, open otherwise"),
});

/** Show how the words of the status column are understood. */
function showStatuses() {
	const chosen = column("status").value;
	const found = page.columns.find((/** @type {any} */ each) => each.name === chosen);
	const box = byId("statuses");
	box.hidden = !found;
	if (!found) return;
	if (!found.statuses.length) {
		fill(box, el("p.notice.warn", null, t("“{name}” holds no words of a status. Is it the right column?", { name: chosen })));
		return;
	}
	/** @param {string} meaning */
	const count = (meaning) => found.statuses.reduce((/** @type {number} */ sum, /** @type {any} */ each) =>
		sum + (each.meaning === meaning ? each.count : 0), 0);
	fill(box,
		el("p", null, t("How the status is understood: {closed} closed, {open} open, {unknown} unknown", {
			closed: number(count("closed")), open: number(count("open")), unknown: number(count("")) })),
		el("div.table-box", null, el("table.data", null,
			el("thead", null, el("tr", null, el("th", null, t("Word in the list")), el("th.number", null, t("Rows")), el("th", null, t("Counts as")))),
			el("tbody", null, ...found.statuses.map((/** @type {any} */ each) =>
				el("tr", { class: each.meaning ? null : "fate-warning" },
					el("td", null, each.word), el("td.number", null, number(each.count)), el("td", null, MEANINGS[each.meaning])))))));
}

/** Show examples of the columns chosen, and ask for the datum when there are coordinates. */
function show() {
	for (const box of document.querySelectorAll("[data-samples]")) {
		const chosen = column(box.getAttribute("data-samples") || "").value;
		const found = page.columns.find((/** @type {any} */ each) => each.name === chosen);
		box.textContent = found && found.samples.length ? t("For example: {samples}", { samples: found.samples.join(t(", ")) }) : "";
	}
	showStatuses();
	const hasPosition = Boolean(column("lon").value && column("lat").value);
	byId("datum").hidden = !hasPosition;
	for (const radio of document.querySelectorAll("[name=datum]"))
		Object.assign(radio, { required: hasPosition, disabled: !hasPosition });
}

/** @param {HTMLFormElement} confirm */
function start(confirm) {
	confirm.addEventListener("change", show);
	confirm.addEventListener("submit", (event) => {
		event.preventDefault();
		const data = new FormData(confirm);
		go(() => postForm(page.locate_url, data));
	});
	const sheet = document.getElementById("sheet");
	if (sheet) sheet.addEventListener("change", (event) => {
		event.stopPropagation();
		const data = new FormData();
		data.append("sheet", /** @type {HTMLSelectElement} */ (sheet).value);
		go(() => postForm(page.read_url, data));
	});
	byId("discard").addEventListener("click", () => go(() => postForm(page.discard_url, new FormData())));
	show();
}

if (form) start(form);
if (page.stage in WORDS) go(async () => page);
window.addEventListener("pageshow", (event) => { if (event.persisted) lock(false); });
