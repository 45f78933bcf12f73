/** What is said where a look-up has no one answer: choose, outside, which datum, nothing. */
import { el } from "../lib/dom.js";
import { distance } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";
import { candidateList } from "./lookup-card.js";
import { unread, vague } from "./lookup-notices.js";

const FAR_M = 30_000;

/** @typedef {import("./lookup-card.js").Actions} Actions */

/**
 * @param {any} answer of kind `choose` or `nothing`
 * @param {Actions} actions
 * @returns {(HTMLElement | null)[]}
 */
export function choiceWords(answer, actions) {
	const any = answer.matches.length > 0;
	const words = {
		several: t("Several places fit. Which one is meant?"),
		street: any ? t("This is a road. Add the house number, or choose:")
			: t("This is a road. Add the house number, or click the place on the map."),
		number: any ? t("The road is known, but not this number. Along this road there are:")
			: t("The road is known, but not this number. Check the number, or click the place on the map."),
		compound: t("The buildings of this compound lie in several grids. Which one is meant?"),
		similar: t("There is no such address here. The nearest ones are:"),
		people: t("Several posts have this name or number. Which one?"),
		phone: t("Nobody in your area has this number."),
		no_place: t("This address is in the list, but the list gives neither its position nor its grid."),
		none: t("Nothing here has this name. Try the road with the house number, the name of the compound, or pick the place on the map."),
		link: "",
	}[/** @type {"none"} */ (answer.reason)];
	return [unread(answer), words ? notice(answer.kind === "nothing" ? "warn" : "", words) : null,
		any ? candidateList(answer.matches, actions.choose) : null];
}

/**
 * @param {any} answer
 * @returns {boolean} whether it lies so far off that the numbers may be wrong
 */
export function isFar(answer) {
	return answer.kind === "outside" && answer.boundary_m > FAR_M;
}

/**
 * @param {any} answer of kind `outside`
 * @param {Actions} actions
 * @param {number} [accuracy_m]
 * @returns {(HTMLElement | null)[]}
 */
export function outsideWords(answer, actions, accuracy_m) {
	const { across } = answer;
	const name = across ? across.name || across.code : "";
	const nearest = across ? t("The nearest grid is {name}, {n} away.", { name, n: distance(answer.boundary_m) }) : "";
	const far = isFar(answer) ? t("That is far off: are the numbers and the coordinate system right?") : "";
	return [
		unread(answer),
		el("h2.card-title", null, answer.title),
		notice("warn", t("This place lies outside the area of this plan.")),
		nearest ? el("p", null, nearest) : null,
		far ? el("p", null, far) : null,
		vague(answer, accuracy_m),
		across && !far ? el("button.button.small", { type: "button", onclick: () => actions.choose({ kind: "grid", grid: across.code, label: name }) },
			t("Show {name}", { name })) : null,
	];
}

/**
 * @param {any} answer of kind `datum`
 * @returns {string}
 */
export function datumWords({ app }) {
	return app
		? t("A link of {app} does not say which coordinate system it means. Choose above: on its street map of the mainland mostly GCJ-02, on satellite pictures WGS 84.", { app })
		: t("These are coordinates. Choose above where they are from, then the answer comes.");
}
