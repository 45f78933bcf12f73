/** 设为当前网格: make the checked boundaries the plan of this workspace. */
import { postForm } from "../lib/api.js";
import { el, fill, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { showProblem } from "../lib/sending.js";

/**
 * What keeps the grids from being a plan, and the way out.
 * @param {any} use
 * @returns {HTMLElement}
 */
export const unusable = ({ problem, answers }) => el("p.notice.warn.unusable", null, icon("triangle-alert"),
	el("span", null, el("b", null, t("These grids cannot become a plan yet.")), el("br", null), problem, " ", answers ? el("a", { href: answers }, t("Change the answers")) : null));

/** The button, and what is asked before it is done; the reason where it cannot be. */
export class UsePlan {
	/**
	 * @param {HTMLElement} box
	 * @param {any} page
	 */
	constructor(box, page) {
		this.page = page;
		this.form = /** @type {HTMLFormElement} */ (el("form.stack", { hidden: true, onsubmit: (/** @type {Event} */ event) => this.send(event) }));
		this.problem = el("div", { hidden: true });
		this.button = el("button.button.primary", { type: "button", onclick: () => this.ask() }, icon("circle-check"), page.use && page.use.is_draft ? t("Keep it as a draft") : t("Make this the current plan"));
		fill(box, ...(page.use && page.use.problem ? [unusable(page.use)] : [this.button, this.form, this.problem]));
	}

	ask() {
		const { use } = this.page;
		this.button.hidden = true;
		this.form.hidden = false;
		fill(this.form,
			el("label.field", null, el("span", null, t("Name of the plan")),
				el("input", { type: "text", name: "name", value: use.name, maxlength: 60, required: true })),
			...use.keep.map((/** @type {any} */ each) => el("label.radio", null,
				el("input", { type: "checkbox", name: "keep", value: each.table }), el("span", null, each.words, el("small", null, each.hint)))),
			use.fewer ? el("p.notice.warn.fewer", null, icon("triangle-alert"), el("span", null, use.fewer)) : null,
			use.warning ? el("p.notice.warn", null, icon("triangle-alert"), el("span", null, use.warning)) : null,
			el("p.hint", null, use.next),
			el("div.row", null,
				el("button.button.primary", { type: "submit" }, this.yes()),
				el("button.button", { type: "button", onclick: () => this.close() }, t("Cancel"))));
		/** @type {HTMLInputElement} */ (this.form.elements.namedItem("name")).focus();
	}

	/** What the button says that does it. */
	yes() {
		const { use } = this.page;
		if (use.is_draft) return t("Yes, keep it as a draft");
		return use.fewer ? t("Yes, replace it") : t("Yes, make it current");
	}

	close() {
		this.form.hidden = true;
		this.problem.hidden = true;
		this.button.hidden = false;
	}

	/** @param {Event} event */
	async send(event) {
		event.preventDefault();
		const data = new FormData(this.form);
		const buttons = Array.from(this.form.querySelectorAll("button"));
		for (const each of buttons) each.disabled = true;
		try {
			location.href = (await postForm(this.page.use.url, data)).url;
		} catch (error) {
			for (const each of buttons) each.disabled = false;
			showProblem(this.problem, /** @type {Error} */ (error).message);
		}
	}
}
