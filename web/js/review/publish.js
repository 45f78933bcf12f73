/** The note, the reasons, and the one button; asked once more, and never done twice. */
import { sendJSON } from "../lib/api.js";
import { byId, el, fill, icon } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";
import { pollUntil, showProgress } from "../lib/sending.js";

const ENDED = ["done", "failed", "cancelled"];
const STALE = [409, 412];

/**
 * @param {any} data of the page
 * @param {any} page
 */
export function publishing(data, page) {
	return page.status === "review" ? publishForm(data, page) : handInForm(data, page);
}

/**
 * @param {any} data
 * @param {any} page
 */
function handInForm(data, page) {
	const said = el("div", { "aria-live": "polite" });
	const button = /** @type {HTMLButtonElement} */ (el("button.button.primary", { type: "submit" }, icon("circle-check"), t("Hand in for review")));
	const form = /** @type {HTMLFormElement} */ (el("form.stack", null,
		el("p", null, t("A draft is handed in with the number of the document that approves it; then it can be published here.")),
		el("label.field", null, el("span", null, t("Number of the approval document")), el("input", { type: "text", name: "approval", maxlength: 200, required: true })),
		el("p", null, button), said));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		doOnce(button, said, async () => {
			const approval = String(new FormData(form).get("approval"));
			await sendJSON("POST", `${page.plan}/submit`, { approval }, { "If-Match": page.tag });
			location.hash = "publish";
			location.reload();
		});
	});
	return el("div.stack", null, data.proof.errors ? blocked() : null, form);
}

/**
 * @param {any} data
 * @param {any} page
 */
function publishForm(data, page) {
	const said = el("div", { "aria-live": "polite" });
	const button = /** @type {HTMLButtonElement} */ (el("button.button.primary.publish", { type: "submit", disabled: data.proof.errors > 0 }, icon("circle-check"), t("Publish…")));
	const reasons = el("div.stack", null, data.advice.broken.map((/** @type {any[]} */ [rule, total, sentences]) => reason(rule, total, sentences)));
	const form = /** @type {HTMLFormElement} */ (el("form.stack", null,
		el("label.field", null, el("span", null, t("Note for the office and its workers")),
			el("textarea", { name: "note", rows: 4, maxlength: 2000, placeholder: t("Why the boundaries change, and what workers should do") }, page.note),
			el("small", null, t("It is kept with the plan and stands above what each worker is shown."))),
		reasons, el("p", null, button), said));
	const question = confirmation(data, page);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		if (!button.disabled) question.showModal();
	});
	question.addEventListener("close", () => {
		if (question.returnValue !== "publish") return;
		question.returnValue = "";
		doOnce(button, said, () => publish(form, page, said, reasons));
	});
	return el("div.stack", null, data.proof.errors ? blocked() : null, form, question);
}

/** What is said of a plan that cannot be published. */
function blocked() {
	return notice("bad", t("It has gaps, overlaps or other errors and cannot be published like this."));
}

/**
 * @param {string} rule
 * @param {number} total
 * @param {string[]} sentences
 */
function reason(rule, total, sentences) {
	return el("fieldset.field-set", null,
		el("ul.bullets", null, sentences.map((each) => el("li", null, each))),
		total > sentences.length ? el("p.hint", null, t("and {n} more", { n: total - sentences.length })) : null,
		el("label.field", null, el("span", null, t("Why it is right here")),
			el("input", { type: "text", "data-rule": rule, required: true, maxlength: 2000 })));
}

/**
 * @param {any} data
 * @param {any} page
 */
function confirmation(data, page) {
	const moved = data.totals.filter((/** @type {any[]} */ [, , count]) => count);
	return /** @type {HTMLDialogElement} */ (el("dialog.ask", { "aria-labelledby": "ask-title" },
		el("form.stack", { method: "dialog" },
			el("h2", { id: "ask-title" }, t("Publish “{name}”?", { name: page.name })),
			el("p", null, data.is_first ? t("It becomes the first plan in force.") : data.sentence),
			moved.length ? el("p", null, t("Changes hands: "), moved.map((/** @type {any[]} */ [, name, count]) => `${name} ${number(count)}`).join(t(", "))) : null,
			el("p", null, t("It is proven once more, and then in force on every page at once. A published plan is never changed.")),
			el("div.row", null,
				el("button.button.primary", { value: "publish" }, t("Publish now")),
				el("button.button", { value: "", autofocus: true }, t("Not yet"))))));
}

/**
 * @param {HTMLFormElement} form
 * @param {any} page
 * @param {HTMLElement} said
 * @param {HTMLElement} box of the reasons
 */
async function publish(form, page, said, box) {
	const reasons = Object.fromEntries([...form.querySelectorAll("[data-rule]")].map((field) =>
		[field.getAttribute("data-rule"), /** @type {HTMLInputElement} */ (field).value]));
	const note = String(new FormData(form).get("note"));
	showProgress(said, t("Waiting for its turn…"), null);
	const begun = await sendJSON("POST", `${page.plan}/publish`, { reasons, note }, { "If-Match": page.tag });
	const job = await pollUntil(`/api/v1/jobs/${begun.id}`, (now) => {
		showProgress(said, now.stage || t("Waiting for its turn…"), now.progress);
		return ENDED.includes(now.status);
	});
	if (job.status === "done") {
		fill(said, notice("good", t("Published: it is in force now.")), el("p", null, el("a.button", { href: page.published }, t("What changed, for workers"))));
		location.href = page.published;
		return new Promise(() => {}); // the button stays closed while the next page comes
	}
	if (job.error && job.error.broken)
		fill(box, Object.entries(job.error.broken).map(([rule, each]) => reason(rule, /** @type {any} */ (each).length, /** @type {any} */ (each).slice(0, 3))));
	throw Object.assign(new Error(job.error ? job.error.detail : t("It was stopped.")), { status: job.error ? job.error.status : 0 });
}

/**
 * Do something that must not be done twice at a time; what was changed by others asks to be loaded again.
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} said
 * @param {() => Promise<any>} work
 */
async function doOnce(button, said, work) {
	if (button.disabled) return;
	button.disabled = true;
	document.body.classList.add("waiting");
	try {
		await work();
	} catch (error) {
		const { message, status } = /** @type {any} */ (error);
		const isStale = STALE.includes(status);
		fill(said, el("div.notice.bad", { role: "alert" }, icon("circle-x"), el("span", null, message)),
			isStale ? el("p", null, el("button.button.primary", { type: "button", onclick: () => location.reload() }, icon("refresh-cw"), t("Load it again"))) : null);
		byId("pane-publish").scrollTop = 0;
		button.disabled = isStale;
	}
	document.body.classList.remove("waiting");
}
