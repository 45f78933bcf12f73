/** `/check`, step 2: what is in the file, confirmed by the person who knows it. */
import { columnChoice } from "./check/columns.js";
import { crsChoice } from "./check/crs-choice.js";
import { readAgain, regionChoice } from "./check/region-choice.js";
import { findings, layerChoice, summary } from "./check/seen.js";
import { postForm } from "./lib/api.js";
import { byId, el, fill, icon, pageData } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

const page = pageData("check");
const address = `/api/v1/check/${page.token}`;
const form = /** @type {HTMLFormElement} */ (byId("confirm"));
const progress = byId("progress");
const problem = byId("problem");

const BUSY = ["reading", "checking"];

/** Wait for the work in the background, then show what comes next. */
async function follow() {
	lock(true);
	try {
		const check = await pollUntil(address, (answer) => {
			if (BUSY.includes(answer.stage))
				showProgress(progress, answer.stage === "reading" ? t("Reading the file…") : t("Checking every boundary…"), answer.share);
			return !BUSY.includes(answer.stage);
		});
		if (check.stage === "done" && !page.editing) {
			location.replace(check.url);
			return;
		}
		show(check);
	} catch (error) {
		showProblem(problem, /** @type {Error} */ (error).message);
	}
	progress.hidden = true;
	lock(false);
}

/** @param {boolean} on */
function lock(on) {
	form.classList.toggle("locked", on);
	for (const node of form.elements) {
		const input = /** @type {HTMLInputElement} */ (node);
		if (on) {
			input.dataset.was = String(input.disabled);
			input.disabled = true;
		} else if (input.dataset.was) {
			input.disabled = input.dataset.was === "true";
		}
	}
	if (on) problem.hidden = true;
}

/** @param {any} check */
function show(check) {
	if (check.error) showProblem(problem, check.error);
	form.hidden = false;
	if (!check.seen) {
		fill(form, el("p.row", null,
			...check.belongs.map((/** @type {string[]} */ [url, words]) => el("a.button.belongs", { href: url }, words)),
			el("a.button.primary", { href: "/check" }, icon("upload"), t("Choose another file"))));
		return;
	}
	const again = () => ask("read", check.token);
	fill(form,
		summary(check),
		findings(check.seen.findings),
		check.seen.layers.length > 1 ? layerChoice(check, again) : null,
		crsChoice(check, again),
		check.seen.crs.text ? columnChoice(check, again) : null,
		check.seen.crs.text ? regionChoice(check, again) : null,
		el("div.row", null,
			el("button.button.primary", { type: "submit", disabled: !check.seen.ready }, icon("circle-check"), t("Start the check")),
			check.seen.ready ? null : el("span.hint", null, t("Choose the coordinate system first."))));
}

/**
 * @param {"read" | "run"} what
 * @param {string} token
 */
async function ask(what, token) {
	const data = new FormData(form);
	lock(true);
	try {
		if (what === "read") await readAgain(token, data);
		else await postForm(`${address}/run`, data);
	} catch (error) {
		lock(false);
		showProblem(problem, /** @type {Error} */ (error).message);
		return;
	}
	page.editing = page.editing && what === "read";
	await follow();
}

form.addEventListener("submit", (event) => {
	event.preventDefault();
	if (!form.classList.contains("locked")) ask("run", page.token);
});
follow();
