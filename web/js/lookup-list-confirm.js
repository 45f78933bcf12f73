/** `/lookup/batch/<list>`, step 2: which columns make up the address. */
import { postForm } from "./lib/api.js";
import { byId, pageData } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

const page = pageData("list");
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("confirm"));
const progress = byId("progress");
const problem = byId("problem");
const WORDS = /** @type {Record<string, string>} */ ({
	reading: t("Reading the list…"),
	searching: t("Looking up the addresses…"),
});

/** @param {boolean} on */
function lock(on) {
	if (on) problem.hidden = true;
	else progress.hidden = true;
	if (!form) return;
	form.classList.toggle("locked", on);
	for (const node of form.elements) /** @type {HTMLInputElement} */ (node).disabled = on;
}

/**
 * Do something and follow the work in the background, then go where it leads.
 * @param {() => Promise<any>} ask
 */
async function go(ask) {
	lock(true);
	try {
		let list = await ask();
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
	} catch (error) {
		lock(false);
		showProblem(problem, /** @type {Error} */ (error).message);
	}
}

/** Show what the columns chosen make of the first rows. */
function showExample() {
	const chosen = Array.from(document.querySelectorAll("[name=column]"))
		.map((box, at) => (/** @type {HTMLInputElement} */ (box).checked ? at : -1)).filter((at) => at >= 0);
	const texts = page.first_rows.map((/** @type {string[]} */ row) => chosen.map((at) => row[at]).join(" ")).filter((/** @type {string} */ text) => text.trim());
	byId("example").textContent = texts.length ? t("For example: {samples}", { samples: texts.slice(0, 3).join(t(", ")) })
		: t("Choose the column that holds the address.");
}

/** @param {HTMLFormElement} confirm */
function start(confirm) {
	confirm.addEventListener("change", showExample);
	confirm.addEventListener("submit", (event) => {
		event.preventDefault();
		const data = new FormData(confirm);
		go(() => postForm(page.search_url, data));
	});
	const sheet = document.getElementById("sheet");
	if (sheet) sheet.addEventListener("change", (event) => {
		event.stopPropagation();
		const data = new FormData();
		data.append("sheet", /** @type {HTMLSelectElement} */ (sheet).value);
		go(() => postForm(page.read_url, data));
	});
	byId("discard").addEventListener("click", () => go(() => postForm(page.discard_url, new FormData())));
	showExample();
}

if (form) start(form);
if (page.stage in WORDS) go(async () => page);
window.addEventListener("pageshow", (event) => { if (event.persisted) lock(false); });
