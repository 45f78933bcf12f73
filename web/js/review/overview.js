/** What stands first: how much changes hands, the proof, what rules say. */
import { el, icon } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";

/**
 * @param {any} data of the page
 * @param {any} page
 * @param {(key: string, isAsked?: boolean) => void} show another tab
 */
export function overview(data, page, show) {
	return el("div.stack", null,
		data.is_behind ? notice("warn", t("Another plan came into force since this one was begun: publishing this one would undo what only that plan has. Take it into account on the page of plans first.")) : null,
		data.is_first ? notice("", overview.first()) : null,
		data.is_same ? notice("", t("Nothing changes: both plans have the same grids. Publishing it would only give it a new number.")) : null,
		data.is_first || data.is_same ? null : el("p.verdict-line", { role: "status" }, data.sentence),
		data.totals.length ? figures(data.totals) : null,
		proof(data.proof, page),
		el("p", null, el("button.linkish", { type: "button", onclick: () => show("rules", true) }, ruleLine(data.advice))),
		key(data.is_first),
		data.files.length ? downloads(data.files) : null);
}

/** What is said while no plan is in force. */
overview.first = () => t("No plan is in force yet: this is the first one, so there is nothing to compare it with. All of its grids begin with it.");

/** @param {any[][]} totals */
function figures(totals) {
	const isKnown = totals.some(([, , count]) => count !== null);
	return el("section.stack", null, el("h2", null, t("What changes hands")),
		el("dl.figures", null, totals.map(([, name, count]) =>
			el("div", null, el("dt", null, name), el("dd", null, count === null ? "–" : number(count))))),
		totals.some(([, , count]) => count === null)
			? el("p.hint", null, isKnown ? t("–: no list of these is known here.") : t("No buildings, cases or staff are known here: only the ground can be compared.")) : null);
}

/**
 * @param {any} said
 * @param {any} page
 */
function proof(said, page) {
	const good = said.is_proven || said.is_seamless;
	return el("section.stack", null, el("h2", null, t("Proof of coverage")),
		notice(good ? "good" : "bad", said.headline),
		el("p.hint", null, t("{grids} grids, {edges} boundary edges, {matched} matched exactly with a neighbour or the outline.",
			{ grids: number(said.grids), edges: number(said.edges), matched: number(said.matched_edges) })),
		said.remarks.length ? el("ul.bullets", null, said.remarks.map((/** @type {string} */ each) => el("li", null, each))) : null,
		good ? null : el("p", null, t("It cannot be published like this. On the page of plans, “Check” leads to the places and to repair."), " ",
			el("a", { href: page.plans }, t("Plans"))));
}

/** @param {any} advice */
function ruleLine(advice) {
	return advice.before === null
		? t("Rules ({profile}): {after} remarks", { profile: advice.profile, after: number(advice.after) })
		: t("Rules ({profile}): {before} remarks before, {after} after", { profile: advice.profile, before: number(advice.before), after: number(advice.after) });
}

/** @param {boolean} isFirst */
function key(isFirst) {
	if (isFirst) return null;
	return el("ul.swipe-key", { "aria-label": t("Legend") },
		el("li", null, el("i.before", { "aria-hidden": "true" }), t("former border")),
		el("li", null, el("i.after", { "aria-hidden": "true" }), t("new border")),
		el("li", null, el("i.moved", { "aria-hidden": "true" }), t("ground that changes hands")));
}

/** @param {any[]} files */
function downloads(files) {
	return el("details.menu", null, el("summary.button", null, icon("download"), t("Download everything")),
		el("ul", null, files.map((file) => el("li", null, el("a", { href: file.url, download: "" }, icon(file.icon),
			el("span", null, file.words, el("small", null, file.hint)))))));
}

/**
 * What the rules say of the plan in force and of this one.
 * @param {any} advice
 */
export function rules(advice) {
	const parts = [["new", t("New with this plan"), "warn"], ["still", t("As before"), "quiet"], ["gone", t("Settled by this plan"), "good"]];
	return el("div.stack", null,
		el("p.verdict-line", null, ruleLine(advice)),
		el("p.hint", null, advice.is_binding
			? t("These are the rules of this place: where the plan breaks them, publishing asks why.")
			: t("This is advice; publishing does not depend on it. A place can set its own rules (GEOGRID_RULES).")),
		parts.map(([key, title, tag]) => {
			const [total, said] = advice[key];
			if (!total) return null;
			return el("section.stack", null, el("h2", null, title, " ", el(`span.tag.${tag}`, null, number(total))),
				el("ul.bullets", null, said.map((/** @type {string} */ each) => el("li", null, each))),
				total > said.length ? el("p.hint", null, t("and {n} more", { n: total - said.length })) : null);
		}),
		advice.after ? null : notice("good", t("The rules have nothing to say of this plan.")));
}
