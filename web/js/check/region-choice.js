/** What the grids together must fill. */
import { postForm } from "../lib/api.js";
import { el, fill } from "../lib/dom.js";
import { dropzone } from "../lib/dropzone.js";
import { t } from "../lib/i18n.js";
import { field, select } from "./crs-choice.js";
import { sendFiles, showProblem } from "../lib/sending.js";

/**
 * @param {any} check
 * @param {() => void} changed called when the file must be read again
 * @returns {HTMLElement}
 */
export function regionChoice(check, changed) {
	const { seen, answers } = check;
	const chosen = answers.region || "none";
	const others = /** @type {string[]} */ (seen.others || []);
	const layer = el("div", { hidden: chosen !== "layer" }, others.length ? el("div.stack", null, layerSelect(others, answers), upperLevel(answers)) : null);
	const upload = el("div", { hidden: chosen !== "file" }, uploadBox(check, changed));
	const show = (/** @type {string} */ value) => {
		upload.hidden = value !== "file";
		layer.hidden = value !== "layer";
		// only the list that is shown says which layer
		for (const [box, on] of /** @type {[HTMLElement, boolean][]} */ ([[upload, value === "file"], [layer, value === "layer"]]))
			for (const input of box.querySelectorAll("select, input[type=hidden]")) /** @type {HTMLInputElement} */ (input).disabled = !on;
	};
	show(chosen);
	const radio = (/** @type {string} */ value, /** @type {string} */ words, /** @type {string} */ hint) =>
		el("label.radio", null,
			el("input", { type: "radio", name: "region", value, checked: value === chosen,
				onchange: () => show(value) }),
			el("span", null, words, hint ? el("small", null, hint) : null));
	return el("section.box.stack", { "aria-labelledby": "region-title" },
		el("h2", { id: "region-title" }, t("What the grids must fill")),
		seen.levels.length > 1 ? el("p", null, t("The file has several levels: each level must fill the one above it. That is checked in any case.")) : null,
		radio("none", seen.levels.length > 1 ? t("Nothing else") : t("I have no outline of the whole area"),
			seen.levels.length > 1 ? "" : t("Overlaps and holes between grids are found; ground left out at the outer edge is not.")),
		radio("file", t("The outline is in another file"), t("The boundary of the subdistrict or community that the grids belong to.")),
		upload,
		others.length ? radio("layer", t("The outline is another layer of this file"), "") : null,
		layer,
		check.plan_region ? radio("plan", t("The outline of the current plan: {name}", { name: check.plan_name }), "") : null);
}

/**
 * Several areas are nearly always the level above.
 * @param {any} answers
 */
function upperLevel(answers) {
	const answer = /** @type {HTMLInputElement} */ (el("input", { type: "hidden", name: "region_as_level" }));
	const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked: answers.region_as_level !== false,
		onchange: () => say() }));
	// a box that is not ticked sends nothing, and "not asked yet" is something else
	const say = () => { answer.value = box.checked ? "yes" : "no"; };
	say();
	return el("label.radio", null, answer, box,
		el("span", null, t("These areas are the level above, such as communities: keep them in the plan"),
			el("small", null, t("Each grid is checked against the area it lies in."))));
}

/**
 * @param {string[]} names
 * @param {any} answers
 */
function layerSelect(names, answers) {
	return field(t("The outline is in the layer"), select("region_layer",
		names.map((name) => [name, name]), answers.region_layer || names[0]));
}

/**
 * @param {any} check
 * @param {() => void} changed
 */
function uploadBox(check, changed) {
	const region = check.seen.region;
	const progress = el("div", { hidden: true });
	const problem = el("div", { hidden: true });
	const zone = el("label.dropzone.slim", null,
		el("b", null, region ? region.name : t("Drag the file of the outline here, or click to choose it")),
		el("span", null, region ? region.text : t("The same kinds of file as for the grids.")),
		el("input", { type: "file", multiple: true }));
	const layers = region && region.layers.length > 1 ? layerSelect(region.layers, check.answers) : null;
	if (layers) layers.addEventListener("change", changed);
	if (region && region.problem) showProblem(problem, region.problem);
	dropzone(zone, async (files) => {
		const data = new FormData();
		for (const file of files) data.append("files", file);
		problem.hidden = true;
		try {
			await sendFiles(`/api/v1/check/${check.token}/region`, data, progress);
			changed();
		} catch (error) {
			showProblem(problem, /** @type {Error} */ (error).message);
		}
		fill(progress);
	});
	return el("div.stack", null, zone, layers, region && region.areas > 1 ? upperLevel(check.answers) : null, progress, problem);
}

/**
 * @param {string} token
 * @param {FormData} data
 */
export const readAgain = (token, data) => postForm(`/api/v1/check/${token}/read`, data);
