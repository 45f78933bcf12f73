/** What was fixed, is new and remains since an earlier check; choosing that check. */
import { postForm } from "../lib/api.js";
import { el, fill } from "../lib/dom.js";
import { dropzone } from "../lib/dropzone.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { pollUntil, sendFiles, showProblem, showProgress } from "../lib/sending.js";
import { CHANGE_WORDS } from "./defect-words.js";

/**
 * @param {HTMLElement} box
 * @param {{url: string, state: string, choices: {token: string, title: string}[]}} compare
 * @param {any} comparison null where there is none yet
 */
export function showComparison(box, compare, comparison) {
	const progress = el("div", { hidden: true });
	const problem = el("div", { hidden: true });
	const form = el("div.stack");

	/** @param {() => Promise<any>} send */
	async function start(send) {
		problem.hidden = true;
		form.hidden = true;
		try {
			await send();
			await pollUntil(compare.state, (answer) => {
				showProgress(progress, t("Comparing the two checks…"), answer.share);
				return answer.stage !== "checking";
			});
			location.reload();
		} catch (error) {
			progress.hidden = true;
			form.hidden = false;
			showProblem(problem, /** @type {Error} */ (error).message);
		}
	}

	/** @param {string} token "" for no comparison any more */
	const choose = (token) => {
		const data = new FormData();
		data.set("with", token);
		start(() => postForm(compare.url, data));
	};

	const zone = el("label.dropzone.slim", null, el("b", null, t("Choose its report: JSON or GeoPackage")),
		el("span", null, t("as it was downloaded from the page of that check")), el("input", { type: "file", accept: ".json,.gpkg,.geojson" }));
	dropzone(zone, (files) => {
		const data = new FormData();
		for (const file of files) data.append("files", file);
		start(() => sendFiles(compare.url, data, progress));
	});
	fill(form, choices(compare.choices, choose), zone,
		comparison ? el("button.button.small", { type: "button", onclick: () => choose("") }, t("Compare no longer")) : null);
	fill(box, comparison ? outcome(comparison) : null,
		el("details.sums", null, el("summary", null, comparison ? t("Compare with another check") : t("Compare with an earlier check")),
			el("div.stack", null, form, progress, problem)));
}

/**
 * @param {{token: string, title: string}[]} known
 * @param {(token: string) => void} choose
 */
function choices(known, choose) {
	if (!known.length) return null;
	const select = /** @type {HTMLSelectElement} */ (el("select", { name: "with" }, ...known.map(({ token, title }) => el("option", { value: token }, title))));
	return el("div.stack", null, el("label.field", null, el("span", null, t("Your checks of the last day")), select),
		el("button.button.small", { type: "button", onclick: () => choose(select.value) }, t("Compare")));
}

/** @param {any} comparison */
function outcome({ headline, counts }) {
	return el("section.box.compared", { "aria-label": headline },
		el("dl.figures", null, ...["fixed", "new", "remaining"].map((change) =>
			el("div", null, el("dt", null, CHANGE_WORDS[change]), el("dd", null, number(counts[change]))))),
		el("p.hint", null, headline));
}
