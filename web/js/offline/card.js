/** The answer from a copy in words: as the live page's, without what needs the server. */
import { el } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";
import { answerList } from "../map/grid-card.js";
import { gridSteps, shared } from "../map/lookup-card.js";
import { notices } from "../map/lookup-notices.js";

/**
 * @param {any} answer of `answers.js`
 * @param {number} [accuracy_m] of a phone's position
 * @returns {HTMLElement}
 */
export function offlineCard(answer, accuracy_m) {
	const [shown, others] = shared(answer.answers);
	return el("article.answer", { "aria-label": answer.title },
		el("header", null,
			el("h2.card-title", null, answer.title),
			el("p.card-sub", null,
				answer.certainty_label ? el("span.tag.warn", null, answer.certainty_label) : null, answer.detail)),
		answer.isOwn ? null : notice("warn", t("This place is beside the saved area. Buildings there are not in the copy.")),
		shown.length ? el("div.first-person", null, answerList(shown))
			: notice("warn", t("Nobody is registered for this grid yet.")),
		gridSteps(answer.chain),
		...notices(answer, accuracy_m),
		answer.vague && answer.vague.leaves ? notice("warn", t("It may also be outside the saved area, which only the network knows.")) : null,
		others.length ? el("details", null,
			el("summary", null, t("Everybody else who answers here ({n})", { n: others.length })),
			answerList(others)) : null,
	);
}
