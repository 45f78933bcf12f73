/** The answer to a look-up in words: the grids, whom to ask, what to beware of. */
import { copyText } from "../lib/clipboard.js";
import { el, icon, toast } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";
import { MATCH_ICONS, withDistance } from "../lib/search.js";
import { answerList, callLink } from "./grid-card.js";
import { notices } from "./lookup-notices.js";

/**
 * @typedef {{choose: (match: any) => void, ofDay: (day: string) => void}} Actions
 *   `choose` another place; `ofDay` answer as it was at the end of a day, "" for now
 */

/**
 * @param {any} answer of `/api/v1/lookup`, kind `place` or `grid`
 * @param {Actions} actions
 * @param {number} [accuracy_m] of a phone's position
 * @returns {HTMLElement}
 */
export function placeCard(answer, actions, accuracy_m) {
	const [shown, others] = shared(answer.answers);
	return el("article.answer", { "aria-label": answer.title },
		asOf(answer, actions),
		el("header", null,
			el("h2.card-title", null, answer.title),
			el("p.card-sub", null,
				isSure(answer) ? null : el("span.tag.warn", null, answer.certainty_label),
				answer.detail),
			isSure(answer) || answer.certainty === "estimated" || !(answer.reasons || []).length ? null
				: el("p.card-sub", null, t("How it was found: {reasons}", { reasons: answer.reasons.join(t(", ")) })),
			shown.some((each) => isSame(each, answer.person)) ? null : person(answer)),
		shown.length ? el("div.first-person", null, answerList(shown))
			: notice("warn", t("Nobody is registered for this grid yet.")),
		gridSteps(answer.chain),
		...notices(answer, accuracy_m),
		answer.open_cases === null ? null
			: el("p.near", null, icon("list"), t("Open cases in this grid: {n}", { n: number(answer.open_cases) })),
		more(t("It lies in {n} grids below this one. Show its parts", { n: answer.spans }), answer.within, actions),
		others.length ? el("details", null,
			el("summary", null, t("Everybody else who answers here ({n})", { n: others.length })),
			answerList(others)) : null,
		more(t("Not this one? Other places that fit ({n})", { n: (answer.others || []).length }), answer.others, actions),
		footer(answer, actions),
		origin(answer),
	);
}

/** @param {any} answer */
function isSure(answer) {
	return !answer.certainty || answer.certainty === "exact";
}

/**
 * Part the people: whom to ask first and the leader of the finest grid that has one; the others.
 * @param {any[]} answers
 * @returns {[any[], any[]]}
 */
export function shared(answers) {
	const first = answers.find((each) => each.first);
	const isOther = (/** @type {any} */ each) => each !== first && each.name && !(first && each.name === first.name);
	const leader = answers.find((each) => each.post === "leader" && isOther(each));
	const shown = [first, leader].filter(Boolean);
	return [shown, answers.filter((each) => !shown.includes(each))];
}

/**
 * @param {any} one
 * @param {any} other
 */
function isSame(one, other) {
	return Boolean(other) && one.name === other.name && one.grid === other.grid;
}

/** @param {any} answer whose question was somebody's name or number */
function person({ person: found }) {
	return found ? el("p.card-sub.found-person", null, icon("user"), el("span", null, el("b", null, found.name), " ", found.detail), callLink(found)) : null;
}

/**
 * @param {any} answer
 * @param {Actions} actions
 */
function asOf({ as_of: past }, actions) {
	return past ? el("div.notice.warn", null, icon("history"), el("span", null,
		t("As it was on {day}, by the plan “{plan}”. The map shows the grids of today.", { day: past.at, plan: past.plan }), " ",
		el("button.link", { type: "button", onclick: () => actions.ofDay("") }, t("Show today")))) : null;
}

/** @param {any[]} chain finest first */
export function gridSteps(chain) {
	return el("dl.steps-of-grid", { "aria-label": t("Grids at every level") },
		...chain.slice().reverse().flatMap((step, position) => {
			const own = position === chain.length - 1 ? "own" : null;
			return [el("dt", null, step.level_label), el("dd", { class: own }, step.name || "—"),
				el("dd", null, el("code", null, step.code))];
		}));
}

/**
 * @param {string} words
 * @param {any[] | undefined} matches
 * @param {Actions} actions
 */
function more(words, matches, actions) {
	return matches && matches.length
		? el("details", null, el("summary", null, words), candidateList(matches, actions.choose)) : null;
}

/**
 * @param {any} answer
 * @param {Actions} actions
 */
function footer(answer, actions) {
	const day = /** @type {HTMLInputElement} */ (el("input", { type: "date", max: new Date().toLocaleDateString("sv"),
		value: answer.as_of ? answer.as_of.at.slice(0, 10) : null, onchange: () => { if (day.value) actions.ofDay(day.value); } }));
	const past = el("label.field.past", { hidden: true }, el("span", null, t("As it was at the end of this day")), day);
	const button = el("button.button.small", { type: "button", "aria-expanded": "false", onclick: () => {
		past.hidden = !past.hidden;
		button.setAttribute("aria-expanded", String(!past.hidden));
		if (!past.hidden) past.scrollIntoView({ block: "center" });
	} }, icon("history"), t("Earlier"));
	return el("div.foot", null,
		el("div.row", null,
			el("a.button.small", { href: `/#${encodeURIComponent(answer.chain[0].code)}` }, icon("map"), t("On the map")),
			el("button.button.small", { type: "button", onclick: () => copyLink(answer) }, icon("share-2"), t("Copy link")),
			button,
			el("a.button.small", { href: correctionLink(answer) }, icon("wrench"), t("Correct it"))),
		past);
}

/**
 * Where to say what people call this place, or that the text means another one.
 * @param {any} answer
 */
function correctionLink({ lon, lat }) {
	const known = new URLSearchParams({ text: new URLSearchParams(location.search).get("q") || "" });
	if (typeof lon === "number") {
		known.set("lon", lon.toFixed(6));
		known.set("lat", lat.toFixed(6));
	}
	return `/addresses/corrections/new?${known}`;
}

/** @param {any} answer */
async function copyLink(answer) {
	const link = new URL(answer.share || `/lookup?q=${encodeURIComponent(answer.chain[0].code)}`, location.href).href;
	if (await copyText(link)) toast(t("The link is copied."));
	else window.prompt(t("Copy this link:"), link);
}

/** @param {any} answer */
function origin({ source, dated }) {
	if (!source) return null;
	return el("p.origin", null, t("Listed by: {source}", { source: [source, dated].filter(Boolean).join(" · ") }));
}

/**
 * A list to choose from.
 * @param {any[]} matches
 * @param {(match: any) => void} choose
 * @returns {HTMLElement}
 */
export function candidateList(matches, choose) {
	return el("ul.candidates", null, ...matches.map((match) =>
		el("li", null, el("button.option", { type: "button", onclick: () => choose(match) },
			icon(/** @type {any} */ (MATCH_ICONS)[match.kind] || "map-pin"),
			el("span", null, match.label, el("small", null, withDistance(match)))),
		match.phone ? callLink(match) : null)));
}
