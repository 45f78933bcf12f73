/** What a copy is, in words. */
import { locale, t } from "../lib/i18n.js";
import { OLD_DAYS, daysOld } from "./kept.js";

const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

/** @param {import("./kept.js").Label} kept */
export function ageWords(kept) {
	return t("data as of {date}", { date: moment.format(new Date(kept.at)) });
}

/**
 * @param {import("./kept.js").Label} kept
 * @returns {string} "" while the copy is young
 */
export function oldWords(kept) {
	const days = Math.floor(daysOld(kept));
	return days >= OLD_DAYS ? t("{n} days old: grids and people may have changed. Refresh it with a network.", { n: days }) : "";
}

/** @param {import("./kept.js").Label} kept */
export function sizeWords(kept) {
	return kept.bytes < 1e6 ? t("{n} KB", { n: Math.ceil(kept.bytes / 1000) }) : t("{n} MB", { n: (kept.bytes / 1e6).toFixed(1) });
}
