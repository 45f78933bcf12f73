/** The answer from a copy in words: the grids, whom to ask, what to beware of. */
import { el, icon } from "../lib/dom.js";
import { distance } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { answerList, callLink } from "../map/grid-card.js";

/**
 * @param {any} answer of `answers.js`
 * @param {number} [accuracy_m] of a phone's position
 * @returns {HTMLElement}
 */
export function offlineCard(answer, accuracy_m) {
	const first = answer.answers.filter((/** @type {any} */ each) => each.first);
	const others = answer.answers.filter((/** @type {any} */ each) => !each.first);
	return el("article.answer", { "aria-label": answer.title },
		el("header", null,
			el("h2.card-title", null, answer.title),
			el("p.card-sub", null,
				answer.certainty_label ? el("span.tag.warn", null, answer.certainty_label) : null, answer.detail)),
		answer.isOwn ? null : warning(t("This place is beside the saved area. Buildings there are not in the copy.")),
		first.length ? el("div.first-person", null, answerList(first))
			: warning(t("Nobody is registered for this grid yet.")),
		gridSteps(answer.chain),
		answer.listed ? warning(listWords(answer)) : null,
		boundary(answer, accuracy_m),
		others.length ? el("details", null,
			el("summary", null, t("Everybody else who answers here ({n})", { n: others.length })),
			answerList(others)) : null,
	);
}

/** @param {...(string | Node | null)} words */
function warning(...words) {
	return el("div.notice.warn", null, icon("triangle-alert"), el("span", null, ...words));
}

/** @param {any[]} chain finest first */
function gridSteps(chain) {
	return el("dl.steps-of-grid", { "aria-label": t("Grids at every level") },
		...chain.slice().reverse().flatMap((step, position) => [
			el("dt", null, step.level_label),
			el("dd", { class: position === chain.length - 1 ? "own" : null }, step.name || "—"),
			el("dd", null, el("code", null, step.code)),
		]));
}

/** @param {any} answer */
function listWords({ listed, drawn }) {
	const names = { listed: listed.name || listed.code, drawn: drawn ? drawn.name || drawn.code : "" };
	return drawn
		? t("The list of buildings puts it into {listed}, but on the map it lies in {drawn}. The list counts; please have it checked.", names)
		: t("The list of buildings puts it into {listed}, but on the map it lies outside every grid. The list counts; please have it checked.", names);
}

/**
 * @param {any} answer
 * @param {number} [accuracy_m]
 */
function boundary({ boundary_m: metres, is_close: isClose, across }, accuracy_m) {
	if (metres === undefined) return null;
	const n = distance(metres);
	const name = across ? across.name || across.code : "";
	const vague = accuracy_m !== undefined && accuracy_m > metres
		? t("The phone's position is only accurate to {n}.", { n: distance(accuracy_m) }) : "";
	if (!isClose && !vague)
		return el("p.near", null, icon("crosshair"), across ? t("{n} from the boundary with {name}", { n, name })
			: t("{n} from the edge of the area", { n }));
	const words = [closeWords(across, n, name), vague].filter(Boolean).join(" ");
	if (across && across.is_same) return el("div.notice", null, icon("info"), el("span", null, words));
	return warning(words, across ? whoBeyond(across.first) : null);
}

/**
 * @param {any} across
 * @param {string} n distance in words
 * @param {string} name
 */
function closeWords(across, n, name) {
	if (!across)
		return t("Only {n} from the edge of the area: the place may belong to the neighbouring subdistrict.", { n });
	return across.is_same ? t("Only {n} from the boundary with {name}; the same worker answers there.", { n, name })
		: t("Only {n} from the boundary: also ask {name}.", { n, name });
}

/** @param {any} person who answers first across the boundary */
function whoBeyond(person) {
	return person && person.name
		? el("span.beyond", null, `${person.post_label} ${person.name} `, callLink(person)) : null;
}
