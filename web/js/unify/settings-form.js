/** Whose borders win, what is too small, what the unified grids must fill. */
import { field, select } from "../check/crs-choice.js";
import { el, fill, icon } from "../lib/dom.js";
import { dropzone } from "../lib/dropzone.js";
import { t } from "../lib/i18n.js";
import { outlineParts } from "./layer-cards.js";

/**
 * @typedef {object} Listeners
 * @property {() => void} changed
 * @property {(files: File[], box: HTMLElement) => void} region
 * @property {(token: string, data: FormData) => void} reread
 * @property {() => void} run
 */

/** The form and what a page may ask of it. */
export class UnifyForm {
	/**
	 * @param {HTMLFormElement} form
	 * @param {Listeners} listeners
	 */
	constructor(form, listeners) {
		this.form = form;
		this.listeners = listeners;
		this.said = "";
		this.isReady = false;
		this.outline = el("div.stack");
		form.after(this.outline);
		this.foot = el("div.row");
		this.outline.after(this.foot);
		this.button = /** @type {HTMLButtonElement} */ (el("button.button.primary", { type: "button", id: "run", onclick: () => listeners.run() }, icon("combine"), t("Unify the layers")));
		form.addEventListener("submit", (event) => event.preventDefault());
		form.addEventListener("change", () => {
			this.showOutline();
			listeners.changed();
		});
	}

	data() {
		return new FormData(this.form);
	}

	/** @param {boolean} on */
	lock(on) {
		this.form.classList.toggle("locked", on);
		this.outline.classList.toggle("locked", on);
		this.button.disabled = on || !this.isReady;
	}

	/** @param {any} state */
	show(state) {
		const { layers } = state;
		this.state = state;
		this.form.hidden = this.foot.hidden = layers.length < 1;
		const unread = layers.filter((/** @type {any} */ { check }) => !check.seen || !check.seen.ready).length;
		this.isReady = layers.length > 1 && !unread;
		this.button.disabled = !this.isReady;
		fill(this.foot, this.button, this.isReady ? null : el("span.hint", null,
			layers.length < 2 ? t("Add at least one more layer.") : t("Say first what is missing above.")));
		const said = JSON.stringify([layers.map((/** @type {any} */ { name, check }) => [name, check.token]), state.settings, state.plan_region]);
		if (said !== this.said) this.write(state);
		this.said = said;
		this.showOutline();
	}

	/** @param {any} state */
	write({ layers, settings, plan_region: hasRegion, plan_name: plan }) {
		const tokens = layers.map((/** @type {any} */ { name, check }) => [check.token, name]);
		this.lead = /** @type {HTMLSelectElement} */ (select("lead", tokens, settings.lead));
		/** @type {[string, string][]} */
		const regions = [["none", t("Whatever any of the layers covers")],
			.../** @type {[string, string][]} */ (hasRegion ? [["plan", t("The outline of the current plan: {name}", { name: plan })]] : []),
			["file", t("The outline is in another file")]];
		this.region = /** @type {HTMLSelectElement} */ (select("region", regions, settings.region));
		const number = (/** @type {string} */ name) => el("input", { type: "number", name, value: settings[name], min: 0, step: "any", inputmode: "decimal" });
		fill(this.form, el("section.box.stack", { "aria-labelledby": "rules-title" },
			el("h2", { id: "rules-title" }, t("How they become one")),
			el("div.fields", null, field(t("Whose borders win"), this.lead), field(t("What the grids must fill"), this.region)),
			el("details.more", null, el("summary", null, t("Distances and rules")), el("div.fields", null,
				field(t("Borders this close become one (m)"), number("snap_m")),
				field(t("Smaller pieces join a neighbour (m²)"), number("min_area_m2")),
				field(t("A leading grid that another border cuts"), select("crossings", [["split", t("is divided along that border")], ["lead", t("stays whole")]], settings.crossings))))));
	}

	/** @param {[string, string][]} names token and name of each layer */
	names(names) {
		for (const [token, name] of names)
			for (const option of this.lead ? this.lead.options : []) if (option.value === token) option.textContent = name;
	}

	/** The file with the outline, where there is to be one. */
	showOutline() {
		this.outline.hidden = this.form.hidden || !this.region || this.region.value !== "file";
		if (this.outline.hidden || !this.state) return;
		const { region } = this.state;
		const key = JSON.stringify(region);
		if (this.outline.dataset.said === key) return;
		this.outline.dataset.said = key;
		const sent = el("div", { hidden: true });
		const zone = el("label.dropzone.slim", null, el("b", null, region ? region.title : t("Drag the file of the outline here, or click to choose it")),
			el("span", null, t("The same kinds of file as for the grids.")), el("input", { type: "file", multiple: true }));
		dropzone(zone, (files) => this.listeners.region(files, sent));
		const parts = /** @type {HTMLFormElement} */ (el("form.stack.outline-file", { autocomplete: "off", onsubmit: (/** @type {Event} */ event) => event.preventDefault() }));
		if (region) fill(parts, ...outlineParts(region, () => this.listeners.reread(region.token, new FormData(parts))));
		fill(this.outline, el("section.box.stack", { "aria-labelledby": "outline-title" }, el("h2", { id: "outline-title" }, t("Outline that the grids must fill")), zone, sent, parts));
	}
}
