/** The answer to a look-up in words: the grids, whom to ask, what to beware of. */
import { copyText } from "../lib/clipboard.js";
import { el, icon, toast } from "../lib/dom.js";
import { distance, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { MATCH_ICONS } from "../lib/search.js";
import { answerList, callLink } from "./grid-card.js";

/**
 * @param {any} answer of `/api/v1/lookup`, kind `place` or `grid`
 * @param {(match: any) => void} choose
 * @param {number} [accuracy_m] of a phone's position
 * @returns {HTMLElement}
 */
export function placeCard(answer, choose, accuracy_m) {
	const first = answer.answers.filter((/** @type {any} */ each) => each.first);
	const others = answer.answers.filter((/** @type {any} */ each) => !each.first);
	return el("article.answer", { "aria-label": answer.title },
		el("header", null,
			el("h2.card-title", null, answer.title),
			el("p.card-sub", null,
				answer.certainty && answer.certainty !== "exact" ? el("span.tag.warn", null, answer.certainty_label) : null,
				answer.detail)),
		first.length ? el("div.first-person", null, answerList(first))
			: el("p.notice.warn", null, icon("triangle-alert"), t("Nobody is registered for this grid yet.")),
		gridSteps(answer.chain),
		disagreement(answer),
		boundary(answer, accuracy_m),
		answer.open_cases === null ? null
			: el("p.near", null, icon("list"), t("Open cases in this grid: {n}", { n: number(answer.open_cases) })),
		answer.within && answer.within.length ? el("details", null,
			el("summary", null, t("It lies in {n} grids below this one. Show its parts", { n: answer.spans })),
			candidateList(answer.within, choose)) : null,
		others.length ? el("details", null,
			el("summary", null, t("Everybody else who answers here ({n})", { n: others.length })),
			answerList(others)) : null,
		actions(answer),
	);
}

/** @param {any[]} chain finest first */
function gridSteps(chain) {
	return el("dl.steps-of-grid", { "aria-label": t("Grids at every level") },
		...chain.slice().reverse().flatMap((step, position) => {
			const own = position === chain.length - 1 ? "own" : null;
			return [el("dt", null, step.level_label), el("dd", { class: own }, step.name || "—"),
				el("dd", null, el("code", null, step.code))];
		}));
}

/** @param {any} answer */
function disagreement(answer) {
	const { listed, drawn, unknown_grid: code } = answer;
	if (code)
		return el("div.notice.warn", null, icon("triangle-alert"), el("span", null,
			t("The list of buildings names grid {code}, which this plan does not have. The grid here is the one on the map.", { code })));
	if (!listed) return null;
	const names = { listed: listed.name || listed.code, drawn: drawn ? drawn.name || drawn.code : "" };
	const words = drawn
		? t("The list of buildings puts it into {listed}, but on the map it lies in {drawn}. The list counts; please have it checked.", names)
		: t("The list of buildings puts it into {listed}, but on the map it lies outside every grid. The list counts; please have it checked.", names);
	return el("div.notice.warn", null, icon("triangle-alert"), el("span", null, words));
}

/**
 * @param {any} answer
 * @param {number} [accuracy_m]
 */
function boundary(answer, accuracy_m) {
	const { across, boundary_m: metres } = answer;
	if (metres === undefined || metres === null) return null;
	const vague = accuracy_m !== undefined && accuracy_m > metres
		? t("The phone's position is only accurate to {n}.", { n: distance(accuracy_m) }) : "";
	if (!answer.is_close && !vague) return el("p.near", null, icon("crosshair"), farWords(across, distance(metres)));
	const words = [closeWords(across, distance(metres)), vague].filter(Boolean).join(" ");
	if (across && across.is_same)
		return el("div.notice", null, icon("info"), el("span", null, words));
	return el("div.notice.warn", null, icon("triangle-alert"),
		el("span", null, words, across ? whoBeyond(across.first) : null));
}

/**
 * @param {any} beyond the grid across the boundary, null outside the area
 * @param {string} n distance in words
 */
function farWords(beyond, n) {
	return beyond ? t("{n} from the boundary with {name}", { n, name: beyond.name || beyond.code })
		: t("{n} from the edge of the area", { n });
}

/** @param {any} person who answers first across the boundary */
function whoBeyond(person) {
	return person && person.name
		? el("span.beyond", null, `${person.post_label} ${person.name} `, callLink(person)) : null;
}

/**
 * @param {any} beyond the grid across the boundary, null outside the area
 * @param {string} n distance in words
 */
function closeWords(beyond, n) {
	if (!beyond)
		return t("Only {n} from the edge of the area: the place may belong to the neighbouring subdistrict.", { n });
	const name = beyond.name || beyond.code;
	return beyond.is_same
		? t("Only {n} from the boundary with {name}; the same worker answers there.", { n, name })
		: t("Only {n} from the boundary: also ask {name}.", { n, name });
}

/** @param {any} answer */
function actions(answer) {
	return el("div.row.foot", null,
		el("a.button.small", { href: `/#${encodeURIComponent(answer.chain[0].code)}` }, icon("map"), t("Grid on the map")),
		el("button.button.small", { type: "button", onclick: async () => {
			const link = new URL(answer.share, location.href).href;
			if (await copyText(link)) toast(t("The link is copied."));
			else window.prompt(t("Copy this link:"), link);
		} }, icon("share-2"), t("Copy the link")));
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
			el("span", null, match.label, el("small", null, match.detail || ""))))));
}
