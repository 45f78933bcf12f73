/** What the kinds of defects are called, and their colours. */
import { t } from "../lib/i18n.js";

/** @type {Record<string, string>} the gravest first */
export const KIND_WORDS = {
	gap: t("Left out"),
	overlap: t("Overlap"),
	duplicate: t("Same grid twice"),
	spill: t("Beyond the outline"),
	nesting: t("Levels disagree"),
	invalid: t("Broken shape"),
	unresolved: t("Could not be judged"),
	unmatched: t("Edges not aligned"),
	code: t("Code"),
	scale: t("Unusual size"),
	crossing: t("Crossed by a border"),
	hole: t("Layer has no grid"),
	moved: t("Moves"),
};

/** @type {Record<string, string>} */
export const SEVERITY_WORDS = {
	error: t("Must be fixed"),
	advice: t("Advice"),
	noise: t("Tiny"),
	approved: t("Approved"),
};

/** @type {Record<string, string>} since an earlier check */
export const CHANGE_WORDS = { fixed: t("Fixed"), new: t("New"), remaining: t("Remaining") };

/** What unified layers have: nobody judges them. */
export const UNJUDGED = ["crossing", "hole", "moved"];

/**
 * How grave a row is, where that is to be said.
 * @param {{kind: string, severity: string}} row
 * @returns {string}
 */
export const gravity = ({ kind, severity }) =>
	(severity === "error" || (severity === "advice" && UNJUDGED.includes(kind)) ? "" : SEVERITY_WORDS[severity] || severity);

/** Colour-blind safe. */
const COLOURS = {
	gap: "#d55e00", overlap: "#8e4585", duplicate: "#8e4585", spill: "#0072b2", nesting: "#007a5e",
	invalid: "#1c2b33", unresolved: "#1c2b33", unmatched: "#8a6d00", code: "#5a6b75", scale: "#5a6b75",
	crossing: "#8e4585", hole: "#d55e00", moved: "#0072b2",
};

/**
 * @param {string} kind
 * @returns {string}
 */
export const kindColour = (kind) => /** @type {any} */ (COLOURS)[kind] || COLOURS.code;
