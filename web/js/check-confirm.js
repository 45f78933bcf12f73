/** `/check`, step 2: what is in the file, confirmed by the person who knows it. */
import { columnChoice } from "./check/columns.js";
import { crsChoice, field, select } from "./check/crs-choice.js";
import { readAgain, regionChoice } from "./check/region-choice.js";
import { postForm } from "./lib/api.js";
import { byId, el, fill, icon, pageData } from "./lib/dom.js";
import { number } from "./lib/format.js";
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

/** @param {any} check */
function summary({ seen }) {
	return el("section.box.seen", null,
		seen.outline ? thumbnail(seen.outline) : null,
		el("div", null,
			el("h2", null, t("{count} grids were found", { count: number(seen.grids) })),
			seen.levels.length > 1 ? el("p", null, seen.levels.map((/** @type {any} */ each) =>
				t("{label}: {count}", { label: each.label, count: number(each.count) })).join(t(", "))) : null,
			seen.rows > seen.grids ? el("p.hint", null, t("{count} rows of the file are not grids; see below.", { count: number(seen.rows - seen.grids) })) : null));
}

/** @param {{width: number, height: number, path: string}} outline */
function thumbnail(outline) {
	const space = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(space, "svg");
	svg.setAttribute("viewBox", `0 0 ${outline.width} ${outline.height}`);
	svg.setAttribute("class", "outline");
	svg.setAttribute("role", "img");
	svg.setAttribute("aria-label", t("Outline of the boundaries"));
	const path = document.createElementNS(space, "path");
	path.setAttribute("d", outline.path);
	svg.append(path);
	return svg;
}

/** @param {{severity: string, text: string}[]} list */
function findings(list) {
	if (!list.length) return null;
	const kinds = /** @type {Record<string, [string, string]>} */ ({
		error: ["bad", "circle-x"], warning: ["warn", "triangle-alert"], note: ["", "info"] });
	return el("section.stack", { "aria-label": t("What we noticed") }, ...list.map(({ severity, text }) => {
		const [style, symbol] = kinds[severity] || kinds.note;
		return el(style ? `p.notice.${style}` : "p.notice", null, icon(symbol), el("span", null, text));
	}));
}

/**
 * @param {any} check
 * @param {() => void} again
 */
function layerChoice({ seen }, again) {
	const named = seen.layers.map((/** @type {any} */ each) => [each.name, each.label]);
	const open = seen.layer ? [] : [["", seen.grids ? t("Chosen by the program") : t("Please choose…")]];
	const input = select("layer", /** @type {[string, string][]} */ ([...open, ...named]), seen.layer || "");
	input.addEventListener("change", again);
	return el("section.box", null, field(t("The file has several layers. The grids are in:"), input));
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
