/** The steps of an uploaded list that pages have in common: confirm its columns, turn pages, download. */
import { postForm } from "./api.js";
import { byId, el } from "./dom.js";
import { number } from "./format.js";
import { t } from "./i18n.js";
import { pollUntil, showProblem, showProgress } from "./sending.js";

/**
 * Let somebody confirm the columns of a list, and follow the work in the background.
 *
 * @param {any} page addresses and `stage` of the list
 * @param {Record<string, string>} words what is said while it is in a stage
 * @param {string} startUrl where what was confirmed goes
 * @param {() => void} show shows what the choice makes of the rows
 */
export function confirmColumns(page, words, startUrl, show) {
	const form = /** @type {HTMLFormElement | null} */ (document.getElementById("confirm"));
	const progress = byId("progress");
	const problem = byId("problem");

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
	 * Do something and follow the work, then go where it leads.
	 * @param {() => Promise<any>} ask
	 */
	async function go(ask) {
		lock(true);
		try {
			let list = await ask();
			if (list.stage in words) {
				showProgress(progress, words[list.stage], list.share);
				list = await pollUntil(page.state_url, (answer) => {
					if (answer.stage in words) showProgress(progress, words[answer.stage], answer.share);
					return !(answer.stage in words);
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

	if (form) {
		form.addEventListener("change", show);
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			const data = new FormData(form);
			go(() => postForm(startUrl, data));
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
	if (page.stage in words) go(async () => page);
	window.addEventListener("pageshow", (event) => { if (event.persisted) lock(false); });
}

/**
 * Return the buttons below rows that are shown page by page.
 * @param {{page: number, pages: number}} answer
 * @param {(page: number) => void} turnTo
 */
export function pager(answer, turnTo) {
	const turn = (/** @type {number} */ step) => () => turnTo(answer.page + step);
	return el("div.row.pager", null,
		el("button.button.small", { type: "button", disabled: answer.page <= 1, onclick: turn(-1) }, t("Back")),
		el("span", null, t("Page {page} of {pages}", { page: number(answer.page), pages: number(answer.pages) })),
		el("button.button.small", { type: "button", disabled: answer.page >= answer.pages, onclick: turn(1) }, t("Next")));
}

let isMaking = false;

/**
 * Let the server make the file, which takes long for a large workbook, and fetch it; a second click waits for the first.
 * @param {{prepare_url: string, download_url: string}} list
 */
export async function downloadResult(list) {
	if (isMaking) return;
	isMaking = true;
	const progress = byId("progress");
	const problem = byId("problem");
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
		showProblem(problem, /** @type {Error} */ (error).message);
	}
	progress.hidden = true;
	isMaking = false;
}
