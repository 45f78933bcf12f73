/** Which coordinate system the boundaries are in: what the file says, or what a person knows. */
import { el, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/**
 * @param {any} check
 * @param {() => void} changed called when the file must be read again
 * @returns {HTMLElement}
 */
export function crsChoice(check, changed) {
	const { seen, answers } = check;
	const known = seen.crs.known && !answers.system;
	const body = el("div.stack", { hidden: known });
	const choice = choices(check, changed);
	body.append(choice);
	return el("section.box.stack", { "aria-labelledby": `crs-${check.token}` },
		el("h2", { id: `crs-${check.token}` }, t("Coordinate system")),
		sentence(seen, answers),
		known ? el("button.link", { type: "button", onclick: (/** @type {Event} */ event) => {
			body.hidden = false;
			/** @type {HTMLElement} */ (event.currentTarget).hidden = true;
		} }, t("This is wrong: choose another")) : null,
		body,
		seen.crs.problem ? el("p.notice.bad", { role: "alert" }, icon("circle-x"), el("span", null, seen.crs.problem)) : null,
		place(seen.place));
}

/**
 * @param {any} seen
 * @param {any} answers
 */
function sentence(seen, answers) {
	if (answers.system) return seen.crs.text && seen.crs.known ? el("p", null, t("You chose: {name}", { name: seen.crs.text })) : null;
	if (seen.crs.known) return el("p", null, t("The file says: {name}", { name: seen.crs.text }));
	if (seen.crs.stated) return null; // it says one that cannot be: see the problem
	return el("p.notice.warn", null, icon("triangle-alert"), el("span", null,
		t("The file does not say which coordinate system it uses. Please choose it; whoever drew the file knows.")));
}

/** @param {any} place */
function place(place) {
	if (!place) return null;
	return el(`p.notice.${place.far ? "warn" : "good"}`, null, icon(place.far ? "triangle-alert" : "map-pin"),
		el("span", null, place.text));
}

/**
 * @param {any} check
 * @param {() => void} changed
 */
function choices({ seen, answers, systems, meridians }, changed) {
	const system = /** @type {HTMLSelectElement} */ (select("system", [
		...(seen.crs.stated ? [["", t("As the file says")]] : answers.system ? [] : [["", t("Please choose…")]]),
		...systems], answers.system || ""));
	const meridian = /** @type {HTMLSelectElement} */ (select("meridian",
		[["", t("Please choose…")], ...meridians], String(answers.meridian || seen.meridian || "")));
	const epsg = /** @type {HTMLInputElement} */ (el("input", { type: "text", name: "epsg", inputmode: "numeric",
		placeholder: "4547", value: answers.epsg || "", maxlength: 12 }));
	const meridianField = field(t("Central meridian"), meridian);
	const epsgField = field(t("EPSG number"), epsg);
	const hint = el("p.hint");
	const show = () => {
		meridianField.hidden = !/_[36]$/.test(system.value);
		epsgField.hidden = system.value !== "epsg";
		hint.textContent = /^(xian80|beijing54)/.test(system.value)
			? t("Converting this system is exact to some metres only, in places to a hundred.") : "";
	};
	const settled = () => {
		show();
		if (meridianField.hidden || meridian.value) if (epsgField.hidden || epsg.value.trim()) changed();
	};
	for (const input of [system, meridian, epsg]) input.addEventListener("change", settled);
	show();
	return el("div", null, el("div.fields", null, field(t("Coordinate system"), system), meridianField, epsgField), hint);
}

/**
 * @param {string} name
 * @param {[string, string][]} options value and words
 * @param {string} chosen
 * @returns {HTMLElement}
 */
export function select(name, options, chosen) {
	return el("select", { name }, ...options.map(([value, words]) =>
		el("option", { value, selected: value === chosen }, words)));
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
export function field(words, input) {
	return el("label.field", null, el("span", null, words), input);
}
