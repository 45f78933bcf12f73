/** `/plans`: move a plan on, from draft through review into force. */
import { postForm, sendJSON } from "./lib/api.js";
import { byId, el, fill, icon } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

const problem = byId("problem");
const progress = byId("progress");
const ENDED = ["done", "failed", "cancelled"];
let busy = false;

/**
 * @param {Element} node inside the row of a plan
 * @returns {{url: string, tag: string}}
 */
function planOf(node) {
	const row = /** @type {HTMLElement} */ (node.closest("[data-plan]"));
	return { url: `/api/v1/plans/${row.dataset.plan}`, tag: String(row.dataset.tag) };
}

/**
 * Do one thing at a time.
 * @param {() => Promise<void>} work
 */
async function once(work) {
	if (busy) return;
	busy = true;
	problem.hidden = true;
	progress.hidden = true;
	document.body.classList.add("waiting");
	try {
		await work();
	} catch (error) {
		progress.hidden = true;
		showProblem(problem, /** @type {Error} */ (error).message);
		problem.scrollIntoView({ block: "center" });
	}
	busy = false;
	document.body.classList.remove("waiting");
}

/**
 * Change a plan that nobody else changed since the page was made, and show what it is now.
 * @param {Element} node
 * @param {string} method
 * @param {string} path
 * @param {object} body
 */
function change(node, method, path, body) {
	const { url, tag } = planOf(node);
	return once(async () => {
		await sendJSON(method, url + path, body, { "If-Match": tag });
		location.reload();
	});
}

/**
 * Start long work on a plan and follow it.
 * @param {Element} node
 * @param {string} kind
 * @param {Record<string, string>} [reasons] rule to why it is set aside
 */
function work(node, kind, reasons = {}) {
	const { url, tag } = planOf(node);
	return once(async () => {
		showProgress(progress, t("Waiting for its turn…"), null);
		progress.scrollIntoView({ block: "center" });
		const begun = await sendJSON("POST", `${url}/${kind}`, { reasons }, { "If-Match": tag });
		const job = await pollUntil(`/api/v1/jobs/${begun.id}`, (now) => {
			showProgress(progress, now.stage || t("Waiting for its turn…"), now.progress);
			return ENDED.includes(now.status);
		});
		progress.hidden = true;
		if (job.status === "failed" && job.error.broken) askReasons(node, job.error);
		else if (job.status !== "done") throw new Error(job.error ? job.error.detail : t("It was stopped."));
		else if (kind === "publish") location.reload();
		else sayCheck(node, job.result);
	});
}

/**
 * @param {Element} node
 * @param {any} result of a check
 */
function sayCheck(node, result) {
	const good = result.is_seamless;
	const words = good
		? t("Proven: no gap, no overlap. It can be handed in.")
		: t("{n} gaps, overlaps or other problems. It cannot be published like this; look at them and repair them.", { n: result.defects_total });
	fill(progress, el(`p.notice.${good ? "good" : "bad"}`, { role: "status" }, icon(good ? "circle-check" : "circle-x"), el("span", null, words)),
		good ? null : el("p", null, el("button.button.primary", { type: "button", onclick: () => repair(node) }, icon("map"), t("Check and repair this draft"))));
	progress.hidden = false;
}

/**
 * Look at the boundaries of a plan on the page where they can be repaired.
 * @param {Element} node
 */
function repair(node) {
	const row = /** @type {HTMLElement} */ (node.closest("[data-plan]"));
	once(async () => {
		location.href = (await postForm(String(row.dataset.repair), new FormData())).url;
	});
}

/**
 * Ask why rules are set aside, then publish with the reasons.
 * @param {Element} node
 * @param {{detail: string, broken: Record<string, string[]>}} error
 */
function askReasons(node, error) {
	const rules = Object.entries(error.broken).map(([rule, said]) =>
		el("fieldset.stack", null,
			el("ul.bullets", null, said.slice(0, 10).map((each) => el("li", null, each))),
			said.length > 10 ? el("p", null, t("and {n} more", { n: said.length - 10 })) : null,
			el("label.field", null, el("span", null, t("Why it is right here")),
				el("input", { type: "text", name: rule, required: true, maxlength: 2000 }))));
	const form = el("form.stack", null, el("p", null, error.detail), rules,
		el("button.button.primary", { type: "submit" }, t("Publish with these reasons")));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const given = new FormData(/** @type {HTMLFormElement} */ (form));
		work(node, "publish", /** @type {Record<string, string>} */ (Object.fromEntries(given.entries())));
	});
	fill(progress, form);
	progress.hidden = false;
}

document.addEventListener("click", (event) => {
	const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
	if (!button) return;
	const { use, begin, job, step, question } = button.dataset;
	if (question && !window.confirm(question)) return;
	if (use) once(async () => {
		await postForm(use, new FormData());
		location.reload();
	});
	else if (begin) once(async () => {
		location.href = (await postForm(begin, new FormData())).url;
	});
	else if (job) work(button, job);
	else if (step) change(button, "POST", `/${step}`, {});
	else if ("remove" in button.dataset) change(button, "DELETE", "", {});
});

for (const form of document.querySelectorAll("form[data-step]"))
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const given = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (form)).entries());
		change(form, "POST", `/${form.getAttribute("data-step")}`, given);
	});
