/** Notice that the plan was changed, in another tab or by a colleague, after this page was opened. */
import { el } from "./dom.js";
import { t } from "./i18n.js";

let said = false;

/**
 * Say once that the page is about a former plan.
 * @param {string | null} digest of the plan an answer is about
 */
export function noticePlan(digest) {
	const data = document.getElementById("plan");
	const box = document.getElementById("toasts");
	if (said || !digest || !data || !box) return;
	const own = (JSON.parse(data.textContent || "null") || {}).digest;
	if (!own || own === digest) return;
	said = true;
	box.append(el("div.toast.plan-changed", { role: "alert" }, t("The plan was changed; please reload."), " ",
		el("button.button.small", { type: "button", onclick: () => location.reload() }, t("Reload"))));
}
