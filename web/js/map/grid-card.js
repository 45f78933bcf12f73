/** The card of one grid: who it is, who answers for it, who is beside it. */
import { el, fill, icon } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/**
 * @param {any} grid answer of `/api/v1/grids/<code>`
 * @param {(code: string) => void} choose
 * @returns {HTMLElement}
 */
export function gridCard(grid, choose) {
	return el("article.card", { "aria-label": grid.name },
		chainLine(grid, choose),
		el("h2.card-title", null, grid.name || grid.code),
		el("p.card-sub", null,
			el(`span.tag.kind-${grid.kind || "none"}`, null, grid.kind_label),
			el("code", null, grid.code)),
		figures(grid),
		el("h3", null, icon("users"), t("Who answers here")),
		answerList(grid.answers.slice().sort((/** @type {any} */ a, /** @type {any} */ b) =>
			Number(Boolean(b.first)) - Number(Boolean(a.first)))),
		grid.neighbours.length ? el("h3", null, icon("grid-3x3"), t("Neighbours")) : null,
		neighbours(grid, choose),
	);
}

/**
 * @param {any} grid
 * @param {(code: string) => void} choose
 */
function chainLine(grid, choose) {
	const steps = grid.chain.filter((/** @type {any} */ step) => step.code !== grid.code).reverse();
	if (!steps.length) return null;
	return el("nav.chain", { "aria-label": t("Upper levels") },
		...steps.map((/** @type {any} */ step) =>
			el("button.link", { type: "button", onclick: () => choose(step.code) }, step.name || step.code)));
}

/** @param {any} grid */
function figures(grid) {
	/** @type {[string, any, (value: any) => string, string?][]} */
	const all = [
		[t("Households"), grid.households, number, grid.households_from],
		[t("People"), grid.people, number, grid.people_from],
		[t("Area"), grid.area_m2, area],
		[t("Buildings"), grid.buildings, number],
		[t("Open cases"), grid.open_cases ?? undefined, number],
	];
	const list = all.filter(([, value]) => value !== undefined);
	return el("dl.figures", null,
		...list.map(([name, value, words, from]) => el("div", null, el("dt", null, name),
			el("dd", null, words(value), from ? el("small", null, " ", from) : null))));
}

/**
 * @param {any[]} answers posts in the order in which one asks them
 * @returns {HTMLElement}
 */
export function answerList(answers) {
	return el("ul.people", null, ...answers.map((answer) =>
		el("li", { class: answer.vacant ? "vacant" : null },
			el("span.avatar", null, icon("user")),
			el("div.who", null,
				el("b", null, answer.name || t("Nobody is registered")),
				el("small", null, answer.post_label, " · ", answer.grid_name || answer.grid),
				answer.note ? el("small.note", null, answer.note) : null,
				answer.deputy ? el("small", null, t("Deputy: {name}", { name: answer.deputy })) : null),
			callLink(answer))));
}

/**
 * A link that calls somebody, when there is a number.
 * @param {{name: string, phone?: string}} person
 * @returns {HTMLElement | null}
 */
export function callLink({ name, phone }) {
	if (!phone) return null;
	return el("a.call", { href: `tel:${phone.replace(/[^0-9+]/g, "")}`, "aria-label": t("Call {name}", { name }) },
		icon("phone"), phone);
}

/**
 * @param {any} grid
 * @param {(code: string) => void} choose
 */
function neighbours(grid, choose) {
	return el("div.chips", null, ...grid.neighbours.map((/** @type {any} */ each) =>
		el("button.chip", { type: "button", onclick: () => choose(each.code) }, each.name || each.code)));
}

/**
 * Say that a card is on its way.
 * @param {Element} box
 */
export function cardLoading(box) {
	fill(box, el("div.card.loading", { "aria-busy": "true" }, el("div.bone.wide"), el("div.bone"), el("div.bone")));
}
