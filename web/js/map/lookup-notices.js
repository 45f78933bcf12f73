/** What to beware of in an answer: lists that disagree, boundaries, doubt about the place. */
import { el, icon } from "../lib/dom.js";
import { distance } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";
import { callLink } from "./grid-card.js";

/**
 * @param {any} answer of `/api/v1/lookup`
 * @param {number} [accuracy_m] of a phone's position
 * @returns {(HTMLElement | null)[]}
 */
export function notices(answer, accuracy_m) {
	return [unread(answer), estimated(answer), disagreement(answer), vague(answer, accuracy_m) || boundary(answer)];
}

/** @param {any} grid */
function nameOf(grid) {
	return grid.name || grid.code;
}

/** @param {any} answer */
export function unread({ unread: app, reason }) {
	if (!app) return null;
	return reason !== "link" ? notice("warn", t("The link ({app}) holds no coordinates; this is what the words beside it say.", { app }))
		: notice("warn", t("This link ({app}) holds no coordinates; only the map itself knows the place, and geogrid asks nobody outside. Open it there and copy the address or the coordinates.", { app }));
}

/** @param {any} answer */
function estimated({ certainty }) {
	return certainty === "estimated"
		? notice("warn", t("This number is not in the list. The place is estimated between its neighbours on the road; please check on the spot.")) : null;
}

/** @param {any} answer */
function disagreement(answer) {
	const { listed, drawn, unknown_grid: code } = answer;
	if (code) return notice("warn", t("The list of buildings names grid {code}, which this plan does not have. The grid here is the one on the map.", { code }));
	if (!listed) return null;
	const names = { listed: nameOf(listed), drawn: drawn ? nameOf(drawn) : "" };
	return notice("warn", drawn
		? t("The list of buildings puts it into {listed}, but on the map it lies in {drawn}. The list counts; please have it checked.", names)
		: t("The list of buildings puts it into {listed}, but on the map it lies outside every grid. The list counts; please have it checked.", names));
}

/**
 * A position too rough to tell any grid is all that is said: a card would look certain.
 * @param {any} answer
 * @param {number} [accuracy_m]
 */
export function tooRough({ vague: doubt }, accuracy_m) {
	if (!doubt || doubt.count !== null || accuracy_m === undefined) return null;
	return notice("warn", t("The position may be off by {n}: too much to tell the grid. Try again outdoors, or pick the place on the map.", { n: distance(accuracy_m) }));
}

/**
 * The grids that a position may be in when its circle crosses a boundary.
 * @param {any} answer
 * @param {number} [accuracy_m]
 */
export function vague({ vague: doubt, chain, answers }, accuracy_m) {
	if (!doubt || accuracy_m === undefined) return null;
	const n = distance(accuracy_m);
	const own = chain && chain[0] ? chain[0].code : "";
	const others = doubt.grids.filter((/** @type {any} */ each) => each.code !== own);
	if (!others.length)
		return notice("warn", t("The position may be off by {n}, and the edge of the area is nearer than that.", { n }));
	if (doubt.is_same && own) {
		const names = others.map(nameOf).join(t(", "));
		return notice("", t("The position may be off by {n} and could also be in {names}; the same worker answers there.", { n, names }));
	}
	const first = answers.find((/** @type {any} */ each) => each.first);
	const whom = (/** @type {any} */ person) => person && first && person.name === first.name && person.grid === first.grid
		? [t("the same worker")] : whoAnswers(person);
	const more = doubt.count - doubt.grids.length;
	return notice("warn",
		t("The position may be off by {n} and could also be in:", { n }),
		...byWorker(others).map((each) => el("span.beyond", null, each.map(nameOf).join(t(", ")), el("br", null), ...whom(each[0].first))),
		more > 0 ? el("span.beyond", null, t("and {n} other grids", { n: more })) : null);
}

/**
 * @param {any[]} grids
 * @returns {any[][]} those of one worker together
 */
function byWorker(grids) {
	/** @type {Map<string, any[]>} */
	const found = new Map();
	for (const grid of grids) {
		const who = grid.first ? `${grid.first.name} ${grid.first.grid}` : grid.code;
		found.set(who, [...(found.get(who) || []), grid]);
	}
	return [...found.values()];
}

/** @param {any} answer */
function boundary(answer) {
	const { across, boundary_m: metres } = answer;
	if (metres === undefined || metres === null) return null;
	const n = distance(metres);
	if (!answer.is_close) return el("p.near", null, icon("crosshair"), farWords(across, n));
	const isSame = across && across.is_same;
	return notice(isSame ? "" : "warn", closeWords(across, n),
		across && !isSame ? el("span.beyond", null, whoAnswers(across.first)) : null);
}

/**
 * @param {any} beyond the grid across the boundary, null outside the area
 * @param {string} n distance in words
 */
function farWords(beyond, n) {
	return beyond ? t("{n} from the boundary with {name}", { n, name: nameOf(beyond) })
		: t("{n} from the edge of the area", { n });
}

/**
 * @param {any} person who answers first
 * @returns {any[]}
 */
function whoAnswers(person) {
	return person && person.name ? [`${person.post_label} ${person.name} `, callLink(person)] : [];
}

/**
 * @param {any} beyond the grid across the boundary, null outside the area
 * @param {string} n distance in words
 */
function closeWords(beyond, n) {
	if (!beyond)
		return t("Only {n} from the edge of the area: the place may belong to the neighbouring subdistrict.", { n });
	return beyond.is_same
		? t("Only {n} from the boundary with {name}; the same worker answers there.", { n, name: nameOf(beyond) })
		: t("Only {n} from the boundary: also ask {name}.", { n, name: nameOf(beyond) });
}
